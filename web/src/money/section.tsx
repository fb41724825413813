import { useId, type ReactNode } from "react";
import styles from "./section.module.css";

/** One subject of a page: its name at the side, what there is to say of it beside that. */
export function Section({ title, id, children }: { readonly title: string; readonly id?: string; readonly children: ReactNode }) {
  const heading = useId();
  return (
    <section className={styles["section"]} id={id} aria-labelledby={heading}>
      <h2 id={heading} className={styles["title"]}>
        {title}
      </h2>
      <div className={styles["content"]}>{children}</div>
    </section>
  );
}

/** What can be done here. */
export function Acts({ children }: { readonly children: ReactNode }) {
  return <div className={styles["acts"]}>{children}</div>;
}
