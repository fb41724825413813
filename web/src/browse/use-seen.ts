import { useEffect, useEffectEvent, useRef, type RefObject } from "react";
import { tell } from "../tell/telling";
import { seenOf, type Standing } from "./standing";

/** What passes by faster was not looked at. */
const LOOKED_AT_MS = 1_000;

/** Tells which titles of a row came into sight, each once on one visit of the page. */
export function useSeen(list: RefObject<HTMLElement | null>, standing: Standing | undefined, row: readonly string[]): void {
  const told = useRef(new Set<string>());
  const sayAll = useEffectEvent((inSight: ReadonlySet<string>) => {
    const titleIds = [...inSight].filter((id) => !told.current.has(id));
    for (const id of titleIds) told.current.add(id);
    if (standing !== undefined && titleIds.length > 0) tell("telemetry", { rowSeen: seenOf(standing, row, titleIds) });
  });
  const watched = standing !== undefined;
  const shown = row.join(" ");
  useEffect(() => {
    const element = list.current;
    if (element === null || !watched) return;
    const inSight = new Set<string>();
    let timer: number | undefined;
    const watcher = new IntersectionObserver(
      (changes) => {
        for (const { target, isIntersecting } of changes) {
          const id = (target as HTMLElement).dataset["title"] ?? "";
          if (isIntersecting) inSight.add(id);
          else inSight.delete(id);
        }
        timer ??= window.setTimeout(() => {
          timer = undefined;
          sayAll(inSight);
        }, LOOKED_AT_MS);
      },
      { threshold: 0.5 },
    );
    for (const card of element.querySelectorAll("[data-title]")) watcher.observe(card);
    return () => {
      watcher.disconnect();
      window.clearTimeout(timer);
    };
  }, [list, watched, shown]);
}
