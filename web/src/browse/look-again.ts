import { useEffect, useRef } from "react";
import { useClient } from "urql";
import { graphql } from "../house/graphql";

/** Another one whenever a title came, went or changed. */
const LibraryMarkQuery = graphql(`
  query LibraryMark {
    libraryMark
  }
`);

const SOON_MS = 3_000;
const CALMLY_MS = 12_000;
/** Pages that were opened together do not ask together. */
const SPREAD = 0.3;

/** Calls `look` about every `everyMs` while the page can be seen, and at once when it is seen again. */
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
    const wait = () => everyMs * (1 + SPREAD * (Math.random() - 0.5));
    let timer = window.setTimeout(function again() {
      seen();
      timer = window.setTimeout(again, wait());
    }, wait());
    document.addEventListener("visibilitychange", seen);
    return () => {
      window.clearTimeout(timer);
      document.removeEventListener("visibilitychange", seen);
    };
  }, [everyMs]);
}

/** Calls `look` when the page is seen again: brought to the front, or back from where the browser had put it aside. */
export function useLookWhenSeen(look: () => void): void {
  const latest = useRef(look);
  useEffect(() => {
    latest.current = look;
  });
  useEffect(() => {
    const turned = () => {
      if (document.visibilityState === "visible") latest.current();
    };
    const brought = ({ persisted }: PageTransitionEvent) => {
      if (persisted) latest.current();
    };
    document.addEventListener("visibilitychange", turned);
    window.addEventListener("pageshow", brought);
    return () => {
      document.removeEventListener("visibilitychange", turned);
      window.removeEventListener("pageshow", brought);
    };
  }, []);
}

/** Calls `look` when the library has changed; finding out costs the house next to nothing. */
export function useLookWhenChanged(look: () => void, everyMs: number | null): void {
  const client = useClient();
  const seen = useRef<string | null>(null);
  useLookAgain(() => {
    void client
      .query(LibraryMarkQuery, {}, { requestPolicy: "network-only" })
      .toPromise()
      .then(({ data }) => {
        if (data === undefined || data.libraryMark === seen.current) return;
        seen.current = data.libraryMark;
        look();
      });
  }, everyMs);
}

interface Stage {
  readonly state: "PREPARING" | "PLAYABLE" | "FAILED";
  readonly complete: boolean;
}

/** When to look again: soon while nothing plays yet, calmly while more is prepared or better rungs are made. */
export function nextLookMs(titles: readonly Stage[]): number | null {
  const playable = titles.filter((title) => title.state === "PLAYABLE");
  const preparing = titles.some((title) => title.state === "PREPARING");
  if (titles.length === 0 || (preparing && playable.length === 0)) return SOON_MS;
  return preparing || playable.some((title) => !title.complete) ? CALMLY_MS : null;
}
