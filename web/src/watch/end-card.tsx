import { Thumbs } from "../browse/thumbs";
import { Button } from "../house/button";
import styles from "./end-card.module.css";
import type { PlayingTitle } from "./play";

interface EndCardProps {
  readonly title: PlayingTitle;
  /** The episode that follows, if one does. */
  readonly next: PlayingTitle | null;
  readonly onNext: () => void;
}

/** After the last picture: what one thinks of it, and how it goes on. */
export function EndCard({ title, next, onNext }: EndCardProps) {
  return (
    <section className={styles["card"]} aria-label="The end">
      <h2 className={styles["question"]}>How was {title.series?.name ?? title.name}?</h2>
      <Thumbs title={title} />
      {next !== null && (
        <Button main onClick={onNext} aria-label={`Next episode: ${next.name}`}>
          Next episode
        </Button>
      )}
    </section>
  );
}
