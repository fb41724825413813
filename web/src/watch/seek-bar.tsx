import { useState, type CSSProperties, type PointerEvent } from "react";
import { chapterAt, partings, type Chapter } from "./chapters";
import { clock, spoken } from "./clock";
import { GlimpseFrame } from "./glimpse-frame";
import type { Glimpse } from "./projector";
import { share, timeAt } from "./seek";
import { useGlimpse } from "./use-glimpse";
import styles from "./seek-bar.module.css";

interface SeekBarProps {
  readonly time: number;
  readonly duration: number;
  readonly bufferedTo: number;
  readonly chapters: readonly Chapter[];
  /** Keys have just moved the film: its moment is shown as if it were pointed at. */
  readonly stepped: boolean;
  readonly glimpse: (time: number) => Promise<Glimpse | null>;
  readonly onSeek: (time: number) => void;
}

/** Drag, tap, or use the arrow keys, which the stage hears. */
export function SeekBar({ time, duration, bufferedTo, chapters, stepped, glimpse, onSeek }: SeekBarProps) {
  const [dragged, setDragged] = useState<number | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const at = dragged ?? time;
  const shown = duration > 0 ? (dragged ?? pointed ?? (stepped ? time : null)) : null;
  const seen = useGlimpse(shown, glimpse);
  const chapter = chapterAt(chapters, at)?.name;

  const timeUnder = (event: PointerEvent<HTMLDivElement>) => {
    const bar = event.currentTarget.getBoundingClientRect();
    return timeAt(event.clientX, bar.left, bar.width, duration);
  };
  const press = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    setDragged(timeUnder(event));
  };
  const move = (event: PointerEvent<HTMLDivElement>) => {
    setPointed(event.pointerType === "mouse" ? timeUnder(event) : null);
    if (dragged !== null) setDragged(timeUnder(event));
  };
  const release = (event: PointerEvent<HTMLDivElement>) => {
    if (dragged === null) return;
    setDragged(null);
    onSeek(timeUnder(event));
  };

  const places = {
    "--at": share(at, duration),
    "--buffered": share(bufferedTo, duration),
    "--shown": share(shown ?? 0, duration),
  } as CSSProperties;
  return (
    <div
      className={styles["bar"]}
      style={places}
      role="slider"
      tabIndex={0}
      aria-label="Seek"
      aria-valuemin={0}
      aria-valuemax={Math.round(duration)}
      aria-valuenow={Math.round(at)}
      aria-valuetext={`${spoken(at)} of ${spoken(duration)}${chapter === undefined ? "" : `, ${chapter}`}`}
      onPointerDown={press}
      onPointerMove={move}
      onPointerUp={release}
      onPointerCancel={() => setDragged(null)}
      onPointerLeave={() => setPointed(null)}
    >
      <div className={styles["track"]}>
        <div className={styles["buffered"]} />
        <div className={styles["played"]} />
        {partings(chapters, duration).map((parting) => (
          <span key={parting} className={styles["gap"]} style={{ "--gap": parting } as CSSProperties} />
        ))}
      </div>
      <div className={styles["knob"]} />
      {shown !== null && (
        <div className={`${styles["tip"]} ${seen === null ? "" : styles["pictured"]}`}>
          {seen !== null && <GlimpseFrame key={seen.addresses[0]} glimpse={seen} />}
          <span className={styles["moment"]}>
            {clock(shown)}
            {chapters.length > 0 && <span className={styles["chapter"]}> · {chapterAt(chapters, shown)?.name}</span>}
          </span>
        </div>
      )}
    </div>
  );
}
