import type { CSSProperties } from "react";
import styles from "./progress.module.css";

/** How far something is: a line of light. Words beside it say the same. */
export function Progress({ share }: { readonly share: number }) {
  return (
    <span className={styles["line"]} aria-hidden="true">
      <span style={{ "--share": share } as CSSProperties} />
    </span>
  );
}
