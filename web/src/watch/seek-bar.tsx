import { useState, type CSSProperties, type PointerEvent } from "react";
import { clock, spoken } from "./clock";
import { share, timeAt } from "./seek";
import styles from "./seek-bar.module.css";

interface SeekBarProps {
  readonly time: number;
  readonly duration: number;
  readonly bufferedTo: number;
  readonly onSeek: (time: number) => void;
}

/** Drag, tap, or use the arrow keys, which the stage hears. */
export function SeekBar({ time, duration, bufferedTo, onSeek }: SeekBarProps) {
  const [dragged, setDragged] = useState<number | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const at = dragged ?? time;
  const tip = dragged ?? pointed;

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
    "--tip": share(tip ?? 0, duration),
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
      aria-valuetext={`${spoken(at)} of ${spoken(duration)}`}
      onPointerDown={press}
      onPointerMove={move}
      onPointerUp={release}
      onPointerCancel={() => setDragged(null)}
      onPointerLeave={() => setPointed(null)}
    >
      <div className={styles["track"]}>
        <div className={styles["buffered"]} />
        <div className={styles["played"]} />
      </div>
      <div className={styles["knob"]} />
      {tip !== null && duration > 0 && <div className={styles["tip"]}>{clock(tip)}</div>}
    </div>
  );
}
