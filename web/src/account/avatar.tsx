import { useId } from "react";
import { drawingOf } from "./drawings";
import styles from "./avatar.module.css";

/** A profile's drawn sign. It says nothing a name beside it does not say. */
export function Avatar({ name }: { readonly name: string }) {
  const id = useId();
  return (
    <span className={styles["frame"]}>
      <svg className={styles["drawing"]} viewBox="0 0 100 100" aria-hidden="true" focusable="false">
        {drawingOf(name)(id)}
      </svg>
    </span>
  );
}
