import { useEffect, useState } from "react";
import type { Glimpse } from "./projector";

/** Moments closer than this share a picture. */
const STEP_S = 1;

/** The small picture of a moment; until a new one is known the last one stays, so that nothing flickers. */
export function useGlimpse(time: number | null, look: (time: number) => Promise<Glimpse | null>): Glimpse | null {
  const [seen, setSeen] = useState<Glimpse | null>(null);
  const moment = time === null ? null : Math.floor(time / STEP_S) * STEP_S;
  useEffect(() => {
    if (moment === null) return;
    let here = true;
    look(moment)
      .then((glimpse) => {
        if (here) setSeen(glimpse);
      })
      // A film without its small pictures is sought by time alone.
      .catch(() => undefined);
    return () => {
      here = false;
    };
  }, [moment, look]);
  return time === null ? null : seen;
}
