import { useCallback, useEffect, useState } from "react";
import type { Saying } from "./hands";

const STAYS_MS = 1_400;

/** The last thing that changed, for as long as it is news. */
export function useSaying(): readonly [Saying | null, (saying: Saying | null) => void] {
  const [saying, setSaying] = useState<Saying | null>(null);
  useEffect(() => {
    if (saying === null) return;
    const timer = window.setTimeout(() => setSaying(null), STAYS_MS);
    return () => window.clearTimeout(timer);
  }, [saying]);
  const say = useCallback((next: Saying | null) => {
    if (next !== null) setSaying(next);
  }, []);
  return [saying, say];
}
