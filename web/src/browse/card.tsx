import { useEffect, useState, type CSSProperties } from "react";
import { PlayIcon } from "../house/icons";
import { Link } from "../house/link";
import { go, pathTo } from "../house/way";
import styles from "./card.module.css";
import type { TitleSummary } from "./titles";
import { factsOf } from "./words";

const GROW_AFTER_MS = 400;

interface CardProps {
  readonly title: TitleSummary;
  /** Whether the Tab key stops here; within a row the arrow keys rove. */
  readonly stop: boolean;
  readonly onFocus: () => void;
}

/** True once `wanted` has lasted long enough to be meant. */
function useMeant(wanted: boolean): boolean {
  const [meant, setMeant] = useState(false);
  useEffect(() => {
    const timer = window.setTimeout(() => setMeant(wanted), wanted ? GROW_AFTER_MS : 0);
    return () => window.clearTimeout(timer);
  }, [wanted]);
  return meant && wanted;
}

export function Card({ title, stop, onFocus }: CardProps) {
  const [near, setNear] = useState(false);
  const playable = title.state === "PLAYABLE";
  const grown = useMeant(near && playable);
  const glow = { "--glow": title.art?.glow ?? "transparent" } as CSSProperties;
  const shape = [styles["card"], grown ? styles["grown"] : "", title.art === null ? styles["bare"] : ""];

  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- it only notices who comes near; its link and button do the work
    <li
      className={shape.join(" ")}
      style={glow}
      onPointerEnter={(event) => setNear(event.pointerType === "mouse")}
      onPointerLeave={() => setNear(false)}
      onFocus={(event) => setNear(event.target.matches(":focus-visible"))}
      onBlur={() => setNear(false)}
    >
      <Link
        to={pathTo.title(title.id)}
        className={styles["face"]}
        tabIndex={stop ? 0 : -1}
        onFocus={onFocus}
        data-card
      >
        {title.art !== null && (
          <img className={styles["picture"]} src={title.art.card} alt="" loading="lazy" width={640} height={360} />
        )}
        <span className={styles["foot"]}>
          <span className={styles["name"]}>{title.name}</span>
          {title.state === "PREPARING" && <span className={styles["state"]}>Being prepared</span>}
        </span>
      </Link>
      {title.state === "FAILED" && <p className={styles["problem"]}>{title.problem ?? "The reason is not known."}</p>}
      {grown && (
        <div className={styles["more"]}>
          <span className={styles["facts"]}>{factsOf(title).join(" · ")}</span>
          <button
            type="button"
            className={styles["play"]}
            aria-label={`Play ${title.name}`}
            onClick={() => go(pathTo.watch(title.id))}
          >
            <PlayIcon size={18} />
          </button>
        </div>
      )}
    </li>
  );
}
