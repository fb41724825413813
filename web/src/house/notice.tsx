import type { ReactNode } from "react";
import styles from "./notice.module.css";

interface NoticeProps {
  readonly title: string;
  readonly reason: ReactNode;
  /** The way out: buttons or links. */
  readonly children?: ReactNode;
  /** Read out at once by screen readers. */
  readonly urgent?: boolean;
}

/** What happened, why, and what to do about it. */
export function Notice({ title, reason, children, urgent = false }: NoticeProps) {
  return (
    <section className={styles["notice"]} role={urgent ? "alert" : undefined}>
      <h1 className={styles["title"]}>{title}</h1>
      <p className={styles["reason"]}>{reason}</p>
      {children !== undefined && <div className={styles["ways"]}>{children}</div>}
    </section>
  );
}
