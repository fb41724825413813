import { useEffect, useState, type CSSProperties, type TransitionEvent } from "react";
import { CrossIcon, LockIcon, PlayIcon } from "../house/icons";
import { Link } from "../house/link";
import { go, pathTo } from "../house/way";
import { ListButton } from "./list-button";
import { usePutAway } from "./my-list";
import { Thumbs } from "./thumbs";
import { Progress } from "./progress";
import styles from "./card.module.css";
import type { TitleSummary } from "./titles";
import { factsOf, isBegun, leftInWords, numberOf, seenShare, startOf } from "./words";

const GROW_AFTER_MS = 400;

interface CardProps {
  readonly title: TitleSummary;
  /** Whether the Tab key stops here; within a row the arrow keys rove. */
  readonly stop?: boolean;
  readonly onFocus?: () => void;
  /** In "Keep watching": goes on at once, and can be taken out. */
  readonly keeping?: boolean;
  /** Why it stands here, in a line; empty: none is told. */
  readonly reason?: string;
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

/** A card that grew past its row's edge draws the row along. */
function intoView({ propertyName, target, currentTarget }: TransitionEvent<HTMLLIElement>) {
  const row = currentTarget.parentElement;
  if (propertyName !== "width" || target !== currentTarget || row === null) return;
  const edge = Number.parseFloat(getComputedStyle(row).paddingRight);
  const over = currentTarget.getBoundingClientRect().right - (row.getBoundingClientRect().right - edge);
  if (over > 0) row.scrollBy({ left: over, behavior: "smooth" });
}

export function Card({ title, stop = true, onFocus, keeping = false, reason = "" }: CardProps) {
  const [near, setNear] = useState(false);
  const grown = useMeant(near && title.state === "PLAYABLE");
  const glow = { "--glow": title.art?.glow ?? "transparent" } as CSSProperties;
  const shape = [styles["card"], grown ? styles["grown"] : "", title.art === null ? styles["bare"] : ""];
  const begun = isBegun(title.bookmark);

  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions -- it only notices who comes near; its link and buttons do the work
    <li
      className={shape.join(" ")}
      style={glow}
      data-grown={grown ? "" : undefined}
      data-title={title.id}
      onPointerEnter={(event) => setNear(event.pointerType === "mouse")}
      onPointerLeave={() => setNear(false)}
      onFocus={(event) => {
        if (event.target.matches(":focus-visible")) setNear(true);
      }}
      onBlur={(event) => {
        if (!event.currentTarget.contains(event.relatedTarget)) setNear(false);
      }}
      onTransitionEnd={grown ? intoView : undefined}
    >
      <Link
        to={pathTo.title(title.series?.id ?? title.id)}
        className={styles["face"]}
        tabIndex={stop ? 0 : -1}
        onFocus={onFocus}
        data-card
      >
        {title.art !== null && (
          <img className={styles["picture"]} src={title.art.card} alt="" loading="lazy" width={640} height={360} />
        )}
        {title.locked && (
          <span className={styles["lock"]}>
            <LockIcon size={16} />
            <span className="unseen">Asks for the PIN: </span>
          </span>
        )}
        <span className={styles["foot"]}>
          <span className={styles["name"]}>{title.series?.name ?? title.name}</span>
          {title.state === "PREPARING" && <span className={styles["state"]}>Being prepared</span>}
          {begun && <Progress share={seenShare(title.bookmark)} />}
        </span>
      </Link>
      {title.state === "FAILED" && <p className={styles["problem"]}>{title.problem ?? "The reason is not known."}</p>}
      {keeping && <Kept title={title} stop={stop} />}
      {grown && <Preview title={title} reason={reason} />}
    </li>
  );
}

/** What a card shows when somebody lingers: one line of why, and the two acts. */
function Preview({ title, reason }: { readonly title: TitleSummary; readonly reason: string }) {
  const { id, label } = startOf(title);
  const told = title.tagline === "" ? factsOf(title).join(" · ") : title.tagline;
  return (
    <div className={styles["more"]}>
      <span className={styles["why"]}>{reason === "" ? told : reason}</span>
      <ListButton title={title} small />
      <Thumbs title={title} folded />
      <button
        type="button"
        className={styles["play"]}
        aria-label={`${label}: ${title.series?.name ?? title.name}`}
        title={label}
        onClick={() => go(pathTo.watch(id))}
      >
        <PlayIcon size={18} />
      </button>
    </div>
  );
}

/** Below a card of "Keep watching": how much is left; on it, the way to take it out. */
function Kept({ title, stop }: { readonly title: TitleSummary; readonly stop: boolean }) {
  const putAway = usePutAway(title.id);
  const number = numberOf(title);
  const name = title.series?.name ?? title.name;
  const left = isBegun(title.bookmark) ? leftInWords(title.bookmark) : "Next";
  return (
    <>
      <p className={styles["left"]}>{number === "" ? left : `${number} · ${title.name} · ${left}`}</p>
      <button
        type="button"
        className={styles["forget"]}
        tabIndex={stop ? 0 : -1}
        aria-label={`Take ${name} out of Keep watching`}
        title="Take out"
        onClick={putAway}
      >
        <CrossIcon size={18} />
      </button>
    </>
  );
}
