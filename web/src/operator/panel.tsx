import { useId, type ReactNode } from "react";
import styles from "./panel.module.css";

interface PanelProps {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

export function Panel({ title, aside, children }: PanelProps) {
  const heading = useId();
  return (
    <section className={styles["panel"]} aria-labelledby={heading}>
      <div className={styles["head"]}>
        <h2 id={heading} className={styles["title"]}>
          {title}
        </h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

interface LinesProps {
  readonly label: string;
  readonly columns: readonly string[];
  readonly children: ReactNode;
}

/** One thing to a line. A column without words has its heading for the ear only. */
export function Lines({ label, columns, children }: LinesProps) {
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls must be reachable by keys
    <div className={styles["scroll"]} role="region" aria-label={label} tabIndex={0}>
      <table className={styles["lines"]}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column} scope="col">
                {column.startsWith("(") ? <span className="unseen">{column.slice(1, -1)}</span> : column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>{children}</tbody>
      </table>
    </div>
  );
}

export function Quiet({ children }: { readonly children: ReactNode }) {
  return <p className={styles["quiet"]}>{children}</p>;
}

type Light = "good" | "busy" | "bad" | "off";

/** A state in a word, with a light beside it. */
export function State({ light, children }: { readonly light: Light; readonly children: ReactNode }) {
  return (
    <span className={styles["state"]} data-light={light}>
      {children}
    </span>
  );
}
