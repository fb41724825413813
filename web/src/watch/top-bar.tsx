import { BackIcon } from "../house/icons";
import { numbered } from "./next-up";
import type { PlayingTitle } from "./play";
import styles from "./top-bar.module.css";

interface TopBarProps {
  readonly title: PlayingTitle | null;
  readonly onBack: () => void;
}

/** The way back, and what is on. */
export function TopBar({ title, onBack }: TopBarProps) {
  const numbers = title === null ? "" : numbered(title.seasonNumber, title.episodeNumber);
  const series = title?.series?.name ?? null;
  return (
    <div className={styles["top"]}>
      <button type="button" className={styles["back"]} aria-label="Back" title="Back" onClick={onBack}>
        <BackIcon />
      </button>
      <div className={styles["words"]}>
        <h1 className={styles["name"]}>{title?.name ?? <span className="unseen">Loading</span>}</h1>
        {series !== null && <p className={styles["series"]}>{numbers === "" ? series : `${series} · ${numbers}`}</p>}
      </div>
    </div>
  );
}
