import { useRef, useState, type PointerEvent } from "react";
import type { Act } from "./keys";
import { tapSide } from "./seek";
import styles from "./surface.module.css";

const DOUBLE_TAP_MS = 300;

interface SurfaceProps {
  readonly veilShown: boolean;
  readonly onStir: () => void;
  readonly onHide: () => void;
  readonly onAct: (act: Act) => void;
}

/**
 * The picture itself: a click plays or pauses, a double click fills the screen; a finger's tap shows or hides the
 * controls, its double tap at a side seeks. Everything here is also on a button and a key, so it is hidden from readers.
 */
export function Surface({ veilShown, onStir, onHide, onAct }: SurfaceProps) {
  const lastTap = useRef({ at: 0, side: 0 });
  const [leap, setLeap] = useState<{ by: number; count: number } | null>(null);

  const tap = (event: PointerEvent<HTMLDivElement>) => {
    if (event.pointerType === "mouse") return;
    const side = tapSide(event.clientX, event.currentTarget.clientWidth);
    const twice = event.timeStamp - lastTap.current.at < DOUBLE_TAP_MS && side === lastTap.current.side;
    lastTap.current = { at: event.timeStamp, side };
    if (twice && side !== 0) {
      onAct({ kind: "seek-by", by: side });
      setLeap((before) => ({ by: side, count: (before?.count ?? 0) + 1 }));
    } else if (veilShown) onHide();
    else onStir();
  };
  const click = (event: PointerEvent<HTMLDivElement> | React.MouseEvent<HTMLDivElement>) => {
    if ((event.nativeEvent as globalThis.PointerEvent).pointerType === "mouse") onAct({ kind: "toggle" });
  };

  return (
    <div
      className={styles["surface"]}
      aria-hidden="true"
      onPointerUp={tap}
      onClick={click}
      onDoubleClick={() => onAct({ kind: "full-screen" })}
    >
      {leap !== null && (
        <span key={leap.count} className={`${styles["leap"]} ${leap.by < 0 ? styles["left"] : styles["right"]}`}>
          {leap.by < 0 ? "−10 s" : "+10 s"}
        </span>
      )}
    </div>
  );
}
