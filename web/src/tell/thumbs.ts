import { useCallback, useSyncExternalStore } from "react";
import type { Thumb } from "./facts";
import { onWhoWatches, tell, whoWatches } from "./telling";

const KEPT_AS = "matinee.thumbs.";
const MOST = 1_000;
const THUMBS: readonly unknown[] = ["DOWN", "UP", "LOVE"];
const listeners = new Set<() => void>();

type Thumbs = Readonly<Record<string, Thumb>>;

/** Reads what was written by whichever version of this page; what does not fit is forgotten. */
export function understood(written: string | null): Thumbs {
  try {
    const read: unknown = JSON.parse(written ?? "{}");
    const entries = typeof read === "object" && read !== null ? Object.entries(read as Record<string, unknown>) : [];
    return Object.fromEntries<Thumb>(entries.filter((entry): entry is [string, Thumb] => THUMBS.includes(entry[1])));
  } catch {
    return {};
  }
}

/** With one more; taken back is forgotten, and so are the oldest of very many. */
export function withThumb(thumbs: Thumbs, title: string, thumb: Thumb): Thumbs {
  const kept: [string, Thumb][] = Object.entries(thumbs).filter(([id]) => id !== title);
  if (thumb !== "NONE") kept.push([title, thumb]);
  return Object.fromEntries<Thumb>(kept.slice(-MOST));
}

const recall = (profile: string) => understood(localStorage.getItem(KEPT_AS + profile));

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

/** What this profile thinks of a title, at once as chosen, and remembered by this browser; choosing it again takes it back. */
export function useThumb(title: string): { readonly thumb: Thumb; readonly choose: (thumb: Thumb) => void } {
  const thumb = useSyncExternalStore(listen, () => {
    const profile = whoWatches();
    return profile === null ? "NONE" : (recall(profile)[title] ?? "NONE");
  });
  const choose = useCallback(
    (chosen: Thumb) => {
      const profile = whoWatches();
      if (profile === null) return;
      const now = recall(profile)[title] === chosen ? "NONE" : chosen;
      localStorage.setItem(KEPT_AS + profile, JSON.stringify(withThumb(recall(profile), title, now)));
      tell("ledger", { title, thumbed: { thumb: now } }, true);
      for (const listener of listeners) listener();
    },
    [title],
  );
  return { thumb, choose };
}
