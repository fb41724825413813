import type { ReactNode } from "react";
import styles from "./nothing.module.css";

interface NothingProps {
  readonly title: string;
  readonly reason: string;
  readonly children?: ReactNode;
}

/** An empty place on a page: what would fill it, and the way there. */
export function Nothing({ title, reason, children }: NothingProps) {
  return (
    <div className={styles["nothing"]}>
      <h2 className={styles["title"]}>{title}</h2>
      <p className={styles["reason"]}>{reason}</p>
      {children}
    </div>
  );
}
