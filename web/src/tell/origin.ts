import type { Place } from "./facts";

/** What was picked so long ago was not picked for this. */
const HOLDS_MS = 30 * 60_000;

let origin: { readonly titles: readonly string[]; readonly from: Place; readonly at: number } | null = null;

/** Somebody picked a title in a row: if they play it next, that is where it came from. An episode stands for its series, too. */
export function pickedFrom(titles: readonly string[], from: Place, now = Date.now()): void {
  origin = { titles, from, at: now };
}

/** Where a title, or the series it is of, that is played now was picked, once; nothing when it was found in another way. */
export function takeOrigin(titles: readonly string[], now = Date.now()): Partial<Place> {
  if (origin === null || now - origin.at > HOLDS_MS || !origin.titles.some((title) => titles.includes(title))) return {};
  const { from } = origin;
  origin = null;
  return from;
}
