import type { ReactNode } from "react";
import styles from "./tally.module.css";

/** The few figures at the top of a page that say whether all is well. */
export function Tallies({ children }: { readonly children: ReactNode }) {
  return <dl className={styles["tallies"]}>{children}</dl>;
}

interface TallyProps {
  readonly name: string;
  readonly figure: string;
  readonly aside: string;
  readonly bad?: boolean;
}

export function Tally({ name, figure, aside, bad = false }: TallyProps) {
  return (
    <div className={styles["tally"]}>
      <dt>{name}</dt>
      <dd className={styles["figure"]}>{figure}</dd>
      <dd className={styles["aside"]} data-bad={bad}>
        {aside}
      </dd>
    </div>
  );
}
