import { Card } from "./card";
import type { TitleSummary } from "./titles";
import styles from "./wall.module.css";

/** Titles side by side, as many to a line as the page is wide. */
export function Wall({ titles, label, columns }: { readonly titles: readonly TitleSummary[]; readonly label: string; readonly columns?: "few" }) {
  return (
    <ul className={columns === "few" ? `${styles["wall"]} ${styles["few"]}` : styles["wall"]} role="list" aria-label={label}>
      {titles.map((title) => (
        <Card key={title.id} title={title} />
      ))}
    </ul>
  );
}
