import { useCallback, useEffect, useState } from "react";
import { secondsToNext } from "./next-up";
import type { Playback } from "./use-playback";

interface NextUp {
  /** Null while there is nothing to count down to. */
  readonly seconds: number | null;
  readonly cancel: () => void;
}

/** Counts down to what comes next and goes there at the end, unless somebody says no; going back in the film forgets the no. */
export function useNextUp({ time, duration, ended }: Playback, hasNext: boolean, goNext: () => void): NextUp {
  const [cancelled, setCancelled] = useState(false);
  const seconds = hasNext ? secondsToNext(time, duration) : null;
  if (cancelled && seconds === null) setCancelled(false);
  const due = ended && seconds !== null && !cancelled;
  useEffect(() => {
    if (due) goNext();
  }, [due, goNext]);
  const cancel = useCallback(() => setCancelled(true), []);
  return { seconds: cancelled ? null : seconds, cancel };
}
