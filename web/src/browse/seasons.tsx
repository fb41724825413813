import { useId, useState, type KeyboardEvent } from "react";
import { EpisodeLine } from "./episode-line";
import styles from "./seasons.module.css";
import type { Season } from "./titles";

const AS_TABS = 6;

interface SeasonsProps {
  readonly seasons: readonly Season[];
  /** The episode Play starts: its season is open first. */
  readonly next: { readonly id: string; readonly seasonNumber: number | null } | null;
}

/** The seasons of a series, one at a time: a few as tabs, many as a menu. */
export function Seasons({ seasons, next }: SeasonsProps) {
  const [chosen, setChosen] = useState(next?.seasonNumber ?? seasons[0]?.number);
  const panel = useId();
  const season = seasons.find(({ number }) => number === chosen) ?? seasons[0];
  if (season === undefined) return null;
  const tabs = seasons.length <= AS_TABS;
  return (
    <section aria-label="Episodes" className={styles["seasons"]}>
      {tabs ? (
        <Tabs seasons={seasons} at={season.number} panel={panel} onChoose={setChosen} />
      ) : (
        <select
          className={styles["menu"]}
          aria-label="Season"
          value={season.number}
          onChange={(event) => setChosen(Number(event.target.value))}
        >
          {seasons.map(({ number, name }) => (
            <option key={number} value={number}>
              {name}
            </option>
          ))}
        </select>
      )}
      <div id={panel} role={tabs ? "tabpanel" : undefined} aria-label={season.name}>
        <ol className={styles["episodes"]} aria-label={season.name}>
          {season.episodes.map((episode) => (
            <EpisodeLine key={episode.id} episode={episode} next={episode.id === next?.id} />
          ))}
        </ol>
      </div>
    </section>
  );
}

interface TabsProps {
  readonly seasons: readonly Season[];
  readonly at: number;
  readonly panel: string;
  readonly onChoose: (season: number) => void;
}

function Tabs({ seasons, at, panel, onChoose }: TabsProps) {
  const rove = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const index = (seasons.findIndex(({ number }) => number === at) + step + seasons.length) % seasons.length;
    onChoose(seasons[index]?.number ?? at);
    event.currentTarget.querySelectorAll<HTMLElement>("[role=tab]")[index]?.focus();
  };
  return (
    // eslint-disable-next-line jsx-a11y/interactive-supports-focus -- the tabs in it take the focus, as the pattern has it
    <div role="tablist" aria-label="Seasons" className={styles["tabs"]} onKeyDown={rove}>
      {seasons.map(({ number, name }) => (
        <button
          key={number}
          type="button"
          role="tab"
          className={styles["tab"]}
          aria-selected={number === at}
          aria-controls={panel}
          tabIndex={number === at ? 0 : -1}
          onClick={() => onChoose(number)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
