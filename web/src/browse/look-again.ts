import { useEffect, useRef } from "react";

/** Calls `look` every `everyMs` while the page can be seen, and at once when it is seen again. */
export function useLookAgain(look: () => void, everyMs: number | null): void {
  const latest = useRef(look);
  useEffect(() => {
    latest.current = look;
  });
  useEffect(() => {
    if (everyMs === null) return;
    const seen = () => {
      if (document.visibilityState === "visible") latest.current();
    };
    const timer = window.setInterval(seen, everyMs);
    document.addEventListener("visibilitychange", seen);
    return () => {
      window.clearInterval(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [everyMs]);
}

interface Stage {
  readonly state: "PREPARING" | "PLAYABLE" | "FAILED";
  readonly complete: boolean;
}

/** When to look again: soon while something is being prepared, calmly while better rungs are made or nothing is there. */
export function nextLookMs(titles: readonly Stage[]): number | null {
  if (titles.some((title) => title.state === "PREPARING")) return 2_000;
  if (titles.length === 0 || titles.some((title) => title.state === "PLAYABLE" && !title.complete)) return 10_000;
  return null;
}
