import { useCallback, useEffect, useState } from "react";

const HIDE_AFTER_MS = 3_000;

/** Controls show when something moves, and leave the picture alone after a while of stillness. */
export function useVeil(stage: HTMLElement | null, mayHide: boolean) {
  const [shown, setShown] = useState(true);
  const [stirred, setStirred] = useState(0);
  const stir = useCallback(() => {
    setShown(true);
    setStirred((count) => count + 1);
  }, []);
  const hide = useCallback(() => setShown(false), []);

  useEffect(() => {
    if (!mayHide || !shown) return;
    const timer = window.setTimeout(hide, HIDE_AFTER_MS);
    return () => window.clearTimeout(timer);
  }, [mayHide, shown, stirred, hide]);

  useEffect(() => {
    if (stage === null) return;
    const moved = (event: PointerEvent) => {
      if (event.pointerType === "mouse") stir();
    };
    stage.addEventListener("pointermove", moved);
    window.addEventListener("keydown", stir);
    return () => {
      stage.removeEventListener("pointermove", moved);
      window.removeEventListener("keydown", stir);
    };
  }, [stage, stir]);

  return { shown: shown || !mayHide, stir, hide };
}
