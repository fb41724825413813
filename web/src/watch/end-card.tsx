import { Thumbs } from "../browse/thumbs";
import styles from "./end-card.module.css";
import type { PlayingTitle } from "./play";

/** After the last picture: what one thinks of it. */
export function EndCard({ title }: { readonly title: PlayingTitle }) {
  return (
    <section className={styles["card"]} aria-label="The end">
      <h2 className={styles["question"]}>How was {title.series?.name ?? title.name}?</h2>
      <Thumbs title={title} />
    </section>
  );
}
