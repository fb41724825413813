import { useEffect, type RefObject } from "react";
import { tell } from "../tell/telling";

/** What passes by faster was not looked at. */
const LOOKED_AT_MS = 1_000;

/** Where a row stands: on which visit of which page, and how far down. */
export interface Standing {
  readonly page: string;
  readonly pageId: string;
  readonly rowId: string;
  readonly row: number;
}

/** Tells which titles of a row came into sight, each once on one visit of the page. */
export function useSeen(list: RefObject<HTMLElement | null>, standing: Standing | undefined, count: number): void {
  const { page, pageId, rowId, row } = standing ?? {};
  useEffect(() => {
    const element = list.current;
    if (element === null || page === undefined || pageId === undefined || rowId === undefined || row === undefined) return;
    const inSight = new Set<string>();
    const told = new Set<string>();
    let timer: number | undefined;
    const say = () => {
      timer = undefined;
      const titleIds = [...inSight].filter((id) => !told.has(id));
      for (const id of titleIds) told.add(id);
      if (titleIds.length > 0) tell("telemetry", { rowSeen: { pageId, page, rowId, row, titleIds } });
    };
    const watcher = new IntersectionObserver(
      (changes) => {
        for (const { target, isIntersecting } of changes) {
          const id = (target as HTMLElement).dataset["title"] ?? "";
          if (isIntersecting) inSight.add(id);
          else inSight.delete(id);
        }
        timer ??= window.setTimeout(say, LOOKED_AT_MS);
      },
      { threshold: 0.5 },
    );
    for (const card of element.querySelectorAll("[data-title]")) watcher.observe(card);
    return () => {
      watcher.disconnect();
      window.clearTimeout(timer);
    };
  }, [list, page, pageId, rowId, row, count]);
}
