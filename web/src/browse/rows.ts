/** What grouping needs to know of a title; `T` may carry more. */
export interface Groupable {
  readonly id: string;
  readonly genres: readonly string[];
  readonly state: "PREPARING" | "PLAYABLE" | "FAILED";
  readonly art: unknown;
}

export interface RowOf<T> {
  readonly heading: string;
  /** A quiet aside of two or three words. */
  readonly aside: string | null;
  readonly titles: readonly T[];
}

const NEW_HERE = 12;
const SMALLEST_GENRE = 2;

/** The newest title that can be watched and shown large. */
export function heroOf<T extends Groupable>(titles: readonly T[]): T | null {
  const playable = titles.filter((title) => title.state === "PLAYABLE");
  return playable.find((title) => title.art !== null) ?? playable[0] ?? null;
}

/**
 * The rows of the home page. "New here" holds the newest, films still being prepared included.
 * Below it every playable title stands in one genre row at most: the fullest genre takes its titles first.
 */
export function rowsOf<T extends Groupable>(titles: readonly T[]): RowOf<T>[] {
  const fresh = titles.filter((title) => title.state !== "FAILED").slice(0, NEW_HERE);
  const failed = titles.filter((title) => title.state === "FAILED");
  const playable = titles.filter((title) => title.state === "PLAYABLE");

  const repeats = (row: RowOf<T>) => row.titles.length === fresh.length && row.titles.every((title) => fresh.includes(title));
  const genres = genreRows(playable).filter((row) => !repeats(row));
  const rows: RowOf<T>[] = [{ heading: "New here", aside: null, titles: fresh }, ...genres];
  const shown = new Set(rows.flatMap((row) => row.titles.map((title) => title.id)));
  const others = titles.filter((title) => title.state !== "FAILED" && !shown.has(title.id));
  rows.push({ heading: "More to see", aside: null, titles: others });
  rows.push({ heading: "Could not be prepared", aside: "each with its reason", titles: failed });
  return rows.filter((row) => row.titles.length > 0);
}

function genreRows<T extends Groupable>(playable: readonly T[]): RowOf<T>[] {
  const rows: RowOf<T>[] = [];
  let waiting = [...playable];
  for (;;) {
    const fullest = fullestGenre(waiting);
    if (fullest === null) return rows;
    const taken = new Set(fullest.titles.map((title) => title.id));
    waiting = waiting.filter((title) => !taken.has(title.id));
    rows.push({ heading: fullest.genre, aside: null, titles: fullest.titles });
  }
}

function fullestGenre<T extends Groupable>(titles: readonly T[]): { genre: string; titles: T[] } | null {
  const byGenre = new Map<string, { genre: string; titles: T[] }>();
  for (const title of titles) {
    const own = new Set<string>();
    for (const genre of title.genres.map((written) => written.trim())) {
      const key = genre.toLowerCase();
      if (key === "" || own.has(key)) continue;
      own.add(key);
      const group = byGenre.get(key) ?? { genre, titles: [] };
      group.titles.push(title);
      byGenre.set(key, group);
    }
  }
  const groups = [...byGenre.values()].filter((group) => group.titles.length >= SMALLEST_GENRE);
  groups.sort((a, b) => b.titles.length - a.titles.length || a.genre.localeCompare(b.genre));
  return groups[0] ?? null;
}

/** When to look again: soon while something is being prepared, calmly while better rungs are made. */
export function nextLookMs(titles: readonly { state: Groupable["state"]; complete: boolean }[]): number | null {
  if (titles.some((title) => title.state === "PREPARING")) return 2_000;
  if (titles.length === 0 || titles.some((title) => title.state === "PLAYABLE" && !title.complete)) return 10_000;
  return null;
}
