import { useEffect } from "react";
import { actOf, type Act } from "./keys";

/** A focused button keeps its own keys, and so does the volume. */
function keepsKey(target: EventTarget | null, key: string): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target instanceof HTMLInputElement) return key.startsWith("Arrow") || key === "Home";
  return target instanceof HTMLButtonElement && key === " ";
}

export function useShortcuts(onAct: (act: Act) => void): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || keepsKey(event.target, event.key)) return;
      const act = actOf(event);
      if (act === null) return;
      event.preventDefault();
      onAct(act);
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [onAct]);
}
