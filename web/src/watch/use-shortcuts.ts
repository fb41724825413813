import { useEffect } from "react";
import { actOf, type Act } from "./keys";

/** A focused button keeps its own keys, and so does the volume. */
function keepsKey(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return key.startsWith("Arrow") || key === "Home" || key === "End";
  return target instanceof HTMLButtonElement && key === " ";
}

/** Keys act on the film, except while a card lies over it. */
export function useShortcuts(active: boolean, onAct: (act: Act) => void): void {
  useEffect(() => {
    if (!active) return;
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || keepsKey(event.target, event.key)) return;
      const act = actOf(event);
      if (act === null) return;
      event.preventDefault();
      onAct(act);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [active, onAct]);
}
