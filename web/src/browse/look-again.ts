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
