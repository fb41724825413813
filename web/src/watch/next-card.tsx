import { Thumbs } from "../browse/thumbs";
import { Button } from "../house/button";
import { numbered } from "./next-up";
import type { PlayingTitle } from "./play";
import styles from "./next-card.module.css";

interface NextCardProps {
  /** What was shown until now, to be thought of. */
  readonly title: PlayingTitle;
  readonly next: PlayingTitle;
  readonly seconds: number;
  readonly onNow: () => void;
  readonly onCancel: () => void;
}

/** The next episode and how soon it begins by itself. Its figure counts in silence: once is enough to hear. */
export function NextCard({ title, next, seconds, onNow, onCancel }: NextCardProps) {
  return (
    <section className={styles["card"]} aria-label="Next episode">
      {next.art !== null && <img className={styles["still"]} src={next.art.card} alt="" />}
      <div className={styles["words"]}>
        <p className={styles["when"]}>
          <span className="unseen" role="status">
            The next episode, {next.name}, begins in a few seconds.
          </span>
          <span aria-hidden="true">Next in {Math.ceil(seconds)}</span>
        </p>
        <h2 className={styles["name"]}>{next.name}</h2>
        <p className={styles["number"]}>{numbered(next.seasonNumber, next.episodeNumber)}</p>
        <div className={styles["ways"]}>
          <Button main onClick={onNow}>
            Play now
          </Button>
          <Button onClick={onCancel}>Cancel</Button>
        </div>
        <Thumbs title={title} />
      </div>
    </section>
  );
}
