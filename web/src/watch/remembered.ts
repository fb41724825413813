/** What this browser remembers from film to film. */
export interface Remembered {
  /** The language of the subtitles, null for none. */
  readonly subtitles: string | null;
  /** The language last chosen, for when they come back on. */
  readonly lastSubtitles: string | null;
  readonly voice: string | null;
  readonly volume: number;
  readonly muted: boolean;
}

export const AT_FIRST: Remembered = { subtitles: null, lastSubtitles: null, voice: null, volume: 1, muted: false };

const KEPT_AS = "matinee.watching";

const textOr = (value: unknown, otherwise: string | null) => (typeof value === "string" ? value : otherwise);

/** Reads what was written by whichever version of this page; what does not fit is forgotten. */
export function understood(written: string | null): Remembered {
  let read: unknown = null;
  try {
    read = JSON.parse(written ?? "null");
  } catch {
    return AT_FIRST;
  }
  if (typeof read !== "object" || read === null) return AT_FIRST;
  const { subtitles, lastSubtitles, voice, volume, muted } = read as Record<string, unknown>;
  return {
    subtitles: textOr(subtitles, null),
    lastSubtitles: textOr(lastSubtitles, null),
    voice: textOr(voice, null),
    volume: typeof volume === "number" && volume >= 0 && volume <= 1 ? volume : 1,
    muted: muted === true,
  };
}

export function recall(): Remembered {
  return understood(localStorage.getItem(KEPT_AS));
}

export function remember(change: Partial<Remembered>): void {
  localStorage.setItem(KEPT_AS, JSON.stringify({ ...recall(), ...change }));
}
