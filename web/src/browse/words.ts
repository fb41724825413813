/** A film's length for people: "52 s", "10 min", "1 h 42 min". */
export function lengthInWords(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  const hours = `${Math.floor(minutes / 60)} h`;
  return rest === 0 ? hours : `${hours} ${rest} min`;
}

export interface Bookmark {
  readonly positionMs: number;
  readonly runtimeMs: number;
  readonly finished: boolean;
}

/** True once somebody has begun and not ended. */
export const isBegun = (bookmark: Bookmark | null): bookmark is Bookmark =>
  bookmark !== null && !bookmark.finished && bookmark.positionMs > 0;

/** How much of it was seen, 0 to 1. */
export function seenShare(bookmark: Bookmark | null): number {
  if (bookmark === null) return 0;
  if (bookmark.finished) return 1;
  return bookmark.runtimeMs <= 0 ? 0 : Math.min(1, Math.max(0, bookmark.positionMs / bookmark.runtimeMs));
}

export const leftInWords = ({ positionMs, runtimeMs }: Bookmark): string =>
  `${lengthInWords(Math.max(1000, runtimeMs - positionMs))} left`;

interface Numbered {
  readonly seasonNumber: number | null;
  readonly episodeNumber: number | null;
}

/** "S1 E2", or nothing for a film. */
export const numberOf = ({ seasonNumber, episodeNumber }: Numbered): string =>
  seasonNumber === null || episodeNumber === null ? "" : `S${seasonNumber} E${episodeNumber}`;

interface Startable {
  readonly id: string;
  readonly kind: "FILM" | "SERIES" | "EPISODE";
  readonly bookmark: Bookmark | null;
  readonly upNext: (Numbered & { readonly id: string; readonly bookmark: Bookmark | null }) | null;
}

/** What the main button says and starts: "Play", "Resume", "Resume S1 E2". */
export function startOf(title: Startable): { readonly id: string; readonly label: string; readonly mark: Bookmark | null } {
  const next = title.upNext;
  const mark = next === null || next.id === title.id ? title.bookmark : next.bookmark;
  const verb = isBegun(mark) ? "Resume" : "Play";
  const number = title.kind === "SERIES" && next !== null ? numberOf(next) : "";
  const fresh = number === "S1 E1" && verb === "Play";
  return { id: next?.id ?? title.id, label: number === "" || fresh ? verb : `${verb} ${number}`, mark };
}

const NUMBERS = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"];

/** "one season", "two seasons", "14 seasons". */
export const countInWords = (count: number, one: string): string =>
  `${NUMBERS[count] ?? count} ${one}${count === 1 ? "" : "s"}`;

interface Outline {
  readonly kind: "FILM" | "SERIES" | "EPISODE";
  readonly year: number | null;
  readonly runtimeMs: number | null;
  readonly genres: readonly string[];
  readonly seasonCount: number;
}

/** The few facts that stand under a name, in reading order; unknown ones are left out. */
export function factsOf({ kind, year, runtimeMs, genres, seasonCount }: Outline): string[] {
  const seasons = seasonCount === 0 ? "" : countInWords(seasonCount, "season");
  const length = kind === "SERIES" ? seasons : runtimeMs === null ? "" : lengthInWords(runtimeMs);
  return [year === null ? "" : String(year), length, genres.slice(0, 3).join(", ")].filter((fact) => fact !== "");
}

/** What a title's best rung is called in a shop window. */
export function qualityOf(heightsPx: readonly number[]): string | null {
  const best = Math.max(0, ...heightsPx);
  if (best === 0) return null;
  if (best >= 2160) return "4K";
  return best >= 720 ? `HD ${best}p` : `${best}p`;
}

interface Track {
  readonly name: string;
  readonly hearingImpaired?: boolean;
  readonly forced?: boolean;
}

/** Tracks by name, each once: "English, Deutsch, English (for the hard of hearing)". */
export function tracksInWords(tracks: readonly Track[]): string {
  const names = tracks
    .filter((track) => track.forced !== true)
    .map(({ name, hearingImpaired }) => (hearingImpaired === true && !name.includes("(") ? `${name} (for the hard of hearing)` : name));
  return [...new Set(names)].join(", ");
}
