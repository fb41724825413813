import { PlayIcon } from "../house/icons";
import { Link } from "../house/link";
import { pathTo } from "../house/way";
import { Progress } from "./progress";
import styles from "./episode-line.module.css";
import type { Episode } from "./titles";
import { isBegun, leftInWords, lengthInWords, seenShare } from "./words";

/** One episode: its still, number and name, length, and what it is about. The whole line plays it. */
export function EpisodeLine({ episode, next }: { readonly episode: Episode; readonly next: boolean }) {
  const playable = episode.state === "PLAYABLE";
  const face = <Face episode={episode} />;
  return (
    <li className={styles["line"]} data-next={next ? "" : undefined}>
      {playable ? (
        <Link to={pathTo.watch(episode.id)} className={styles["way"]}>
          {face}
        </Link>
      ) : (
        <div className={styles["way"]}>{face}</div>
      )}
    </li>
  );
}

function Face({ episode }: { readonly episode: Episode }) {
  const { art, bookmark, runtimeMs, state } = episode;
  return (
    <>
      <span className={styles["still"]}>
        {art !== null && <img src={art.card} alt="" loading="lazy" width={640} height={360} />}
        {state === "PLAYABLE" && (
          <span className={styles["play"]}>
            <PlayIcon size={18} />
          </span>
        )}
        {seenShare(bookmark) > 0 && (
          <span className={styles["seen"]}>
            <Progress share={seenShare(bookmark)} />
          </span>
        )}
      </span>
      <span className={styles["name"]}>
        {episode.episodeNumber} · {episode.name}
      </span>
      <span className={styles["length"]}>
        {isBegun(bookmark) ? leftInWords(bookmark) : runtimeMs === null ? "" : lengthInWords(runtimeMs)}
      </span>
      <span className={styles["plot"]}>
        {episode.plot}
        {state === "PREPARING" && <em className={styles["state"]}>Being prepared</em>}
        {state === "FAILED" && <em className={styles["failed"]}>{episode.problem ?? "The reason is not known."}</em>}
      </span>
    </>
  );
}
