import { useEffect, useId, useRef, useState, type KeyboardEvent, type MouseEvent } from "react";
import { LeftIcon, RightIcon } from "../house/icons";
import { Link } from "../house/link";
import { Card } from "./card";
import { RankedCard } from "./ranked-card";
import { pickedFrom } from "../tell/origin";
import styles from "./row.module.css";
import type { TitleSummary } from "./titles";
import { placeOf, type Standing } from "./standing";
import { useSeen } from "./use-seen";

function useEnds(list: React.RefObject<HTMLUListElement | null>, count: number) {
  const [ends, setEnds] = useState({ left: false, right: false });
  useEffect(() => {
    const element = list.current;
    if (element === null) return;
    const look = () => {
      const rest = element.scrollWidth - element.clientWidth - element.scrollLeft;
      setEnds({ left: element.scrollLeft > 4, right: rest > 4 });
    };
    look();
    const watcher = new ResizeObserver(look);
    watcher.observe(element);
    element.addEventListener("scroll", look, { passive: true });
    return () => {
      watcher.disconnect();
      element.removeEventListener("scroll", look);
    };
  }, [list, count]);
  return ends;
}

interface RowProps {
  readonly name: string;
  /** A few quiet words beside the name. */
  readonly aside?: string;
  readonly titles: readonly TitleSummary[];
  readonly keeping?: boolean;
  /** The page on which all of them stand. */
  readonly to?: string | undefined;
  /** For each title why it stands here; none where there are none. */
  readonly reasons?: readonly string[];
  /** Of a chart, each title's number: it stands beside its poster. */
  readonly places?: readonly number[];
  /** Where it stands, if the house wants to know what was seen of it. */
  readonly standing?: Standing;
}

export function Row({ name, aside, titles, keeping = false, to, reasons = [], places = [], standing }: RowProps) {
  const heading = useId();
  const list = useRef<HTMLUListElement>(null);
  const [at, setAt] = useState(0);
  const ends = useEnds(list, titles.length);
  const stop = Math.min(at, titles.length - 1);
  useSeen(
    list,
    standing,
    titles.map(({ id }) => id),
  );

  const rove = (event: KeyboardEvent) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    const cards = list.current?.querySelectorAll<HTMLElement>("[data-card]");
    cards?.[Math.max(0, Math.min(cards.length - 1, stop + step))]?.focus();
  };
  const pick = ({ target }: MouseEvent) => {
    const id = (target as Element).closest<HTMLElement>("[data-title]")?.dataset["title"];
    const place = titles.findIndex((title) => title.id === id);
    const title = titles[place];
    if (standing === undefined || title === undefined) return;
    pickedFrom([title.id, title.series?.id ?? "", title.upNext?.id ?? ""], placeOf(standing, place));
  };
  const turn = (direction: 1 | -1) => {
    const element = list.current;
    element?.scrollBy({ left: direction * element.clientWidth * 0.8, behavior: "smooth" });
  };

  return (
    <section className={styles["row"]} aria-labelledby={heading}>
      <div className={styles["head"]}>
        <h2 id={heading} className={styles["heading"]}>
          {to === undefined ? (
            name
          ) : (
            <Link to={to} className={styles["all"]}>
              {name}
            </Link>
          )}
        </h2>
        {aside !== undefined && <span className={styles["aside"]}>{aside}</span>}
      </div>
      <div className={styles["frame"]}>
        {/* eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- the cards' links take the keys; the list only hears them pass */}
        <ul ref={list} role="list" className={styles["cards"]} onKeyDown={rove} onClickCapture={pick}>
          {titles.map((title, index) => {
            const ways = { title, stop: index === stop, onFocus: () => setAt(index) };
            const place = places[index];
            if (place !== undefined) return <RankedCard {...ways} key={title.id} place={place} />;
            return <Card {...ways} key={title.id} keeping={keeping} reason={reasons[index] ?? ""} />;
          })}
        </ul>
        <Turn side="left" shown={ends.left} onTurn={() => turn(-1)} />
        <Turn side="right" shown={ends.right} onTurn={() => turn(1)} />
      </div>
    </section>
  );
}

interface TurnProps {
  readonly side: "left" | "right";
  readonly shown: boolean;
  readonly onTurn: () => void;
}

/** For the mouse only: keys rove through the cards, and fingers swipe. */
function Turn({ side, shown, onTurn }: TurnProps) {
  if (!shown) return null;
  return (
    <button
      type="button"
      tabIndex={-1}
      className={`${styles["turn"]} ${styles[side]}`}
      aria-label={side === "left" ? "Earlier in this row" : "Further in this row"}
      onClick={onTurn}
    >
      {side === "left" ? <LeftIcon /> : <RightIcon />}
    </button>
  );
}
