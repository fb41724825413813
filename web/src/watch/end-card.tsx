import { Thumbs } from "../browse/thumbs";
import styles from "./next-card.module.css";
import type { PlayingTitle } from "./play";

/** After the last picture: what one thinks of it. */
export function EndCard({ title }: { readonly title: PlayingTitle }) {
  return (
    <section className={styles["card"]} aria-label="The end">
      <div className={styles["words"]}>
        <h2 className={styles["name"]}>How was {title.series?.name ?? title.name}?</h2>
        <Thumbs title={title} />
      </div>
    </section>
  );
}
