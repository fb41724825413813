import { useCallback, useEffect, useSyncExternalStore } from "react";
import { useQuery } from "urql";
import { graphql, type ResultOf } from "../house/graphql";
import type { Thumb } from "./facts";
import { onWhoWatches, tell, whoWatches } from "./telling";

const KEPT_AS = "matinee.thumbs.";
/** What was chosen here so lately may not yet have been counted when the house answered. */
const COUNTED_WITHIN_MS = 60_000;
const THUMBS: readonly unknown[] = ["NONE", "DOWN", "UP", "LOVE"];
const listeners = new Set<() => void>();

/** By title; `at` is when it was chosen in this browser, 0 where the house says so. */
export type Thumbs = Readonly<Record<string, { readonly thumb: Thumb; readonly at: number }>>;

const ThumbsQuery = graphql(`
  query Thumbs {
    thumbs {
      title
      thumb
    }
  }
`);

/** Reads what was written by whichever version of this page; what does not fit is forgotten. */
export function understood(written: string | null): Thumbs {
  try {
    const read: unknown = JSON.parse(written ?? "{}");
    const entries = typeof read === "object" && read !== null ? Object.entries(read as Thumbs) : [];
    return Object.fromEntries(entries.filter(([, said]) => THUMBS.includes(said.thumb) && typeof said.at === "number"));
  } catch {
    return {};
  }
}

/** As the house says, but for what was chosen here too lately for it to know. */
export function settled(here: Thumbs, house: NonNullable<ResultOf<typeof ThumbsQuery>["thumbs"]>, now: number): Thumbs {
  const lately = Object.entries(here).filter(([, { at }]) => now - at < COUNTED_WITHIN_MS);
  return { ...Object.fromEntries(house.map(({ title, thumb }) => [title, { thumb, at: 0 }])), ...Object.fromEntries(lately) };
}

const recall = (profile: string) => understood(localStorage.getItem(KEPT_AS + profile));

/** A browser without room forgets. */
export function remember(profile: string, thumbs: Thumbs): void {
  try {
    localStorage.setItem(KEPT_AS + profile, JSON.stringify(thumbs));
  } catch {
    // The house is told all the same, and says so at the next visit.
    return;
  }
  for (const listener of listeners) listener();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("storage", listener);
  const forget = onWhoWatches(listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("storage", listener);
    forget();
  };
}

/**
 * What this profile thinks of a title, in whichever browser it said so; at once as chosen. Choosing it again takes it back.
 * Until the house has answered, and while it cannot say, what this browser knew last is shown.
 */
export function useThumb(title: string): { readonly thumb: Thumb; readonly choose: (thumb: Thumb) => void } {
  const [{ data }] = useQuery({ query: ThumbsQuery, requestPolicy: "cache-and-network" });
  const profile = useSyncExternalStore(onWhoWatches, whoWatches);
  useEffect(() => {
    if (profile !== null && data?.thumbs) remember(profile, settled(recall(profile), data.thumbs, Date.now()));
  }, [profile, data]);
  const thumb = useSyncExternalStore(listen, () => (profile === null ? "NONE" : (recall(profile)[title]?.thumb ?? "NONE")));
  const choose = useCallback(
    (chosen: Thumb) => {
      if (profile === null) return;
      const now = recall(profile)[title]?.thumb === chosen ? "NONE" : chosen;
      remember(profile, { ...recall(profile), [title]: { thumb: now, at: Date.now() } });
      tell("ledger", { title, thumbed: { thumb: now } }, true);
    },
    [profile, title],
  );
  return { thumb, choose };
}
