/** One picture size on offer. */
export interface Rung {
  readonly height: number;
  readonly bitsPerSecond: number;
}

/** A language to hear or to read. */
export interface Words {
  readonly id: string;
  readonly language: string;
  readonly name: string;
}

/** What a film offers and what is on now. */
export interface Tracks {
  readonly rungs: readonly Rung[];
  readonly shown: Rung | null;
  /** The height asked for; null lets the player choose. */
  readonly wanted: number | null;
  readonly voices: readonly Words[];
  readonly voice: string | null;
  readonly subtitles: readonly Words[];
  readonly subtitle: string | null;
}

export const NO_TRACKS: Tracks = {
  rungs: [],
  shown: null,
  wanted: null,
  voices: [],
  voice: null,
  subtitles: [],
  subtitle: null,
};

interface Picture {
  readonly height: number | null;
  readonly bandwidth: number;
  readonly active: boolean;
  readonly language: string;
  readonly label: string | null;
}

interface Spoken {
  readonly language: string;
  readonly label: string | null;
}

/** The best track of each height in the voice that is on, largest first. */
export function tracksByHeight<T extends Picture>(tracks: readonly T[]): T[] {
  const active = tracks.find((track) => track.active);
  const heard = tracks.filter((track) => track.language === active?.language && track.label === active.label);
  const best = new Map<number, T>();
  for (const track of heard.length > 0 ? heard : tracks) {
    const height = track.height ?? 0;
    const known = best.get(height);
    if (height > 0 && (known === undefined || known.bandwidth < track.bandwidth)) best.set(height, track);
  }
  return [...best.values()].sort((a, b) => (b.height ?? 0) - (a.height ?? 0));
}

/** The rung to show of those there are: the wanted one, or the next smaller where an edition lacks it. */
export function nearest<T extends { readonly height: number | null }>(largestFirst: readonly T[], wanted: number): T | null {
  return largestFirst.find(({ height }) => (height ?? 0) <= wanted) ?? largestFirst.at(-1) ?? null;
}

export function idOf({ language, label }: Spoken): string {
  return `${language}/${label ?? ""}`;
}

function languageName(language: string): string {
  try {
    return new Intl.DisplayNames(["en"], { type: "language" }).of(language) ?? language;
  } catch {
    return language;
  }
}

/** Languages to choose from, each once, by the name the film gives them or their own. */
export function wordsOf(tracks: readonly Spoken[]): Words[] {
  const known = new Map<string, Words>();
  for (const track of tracks) {
    const unknown = track.language === "" || track.language === "und";
    const name = track.label ?? (unknown ? "Original" : languageName(track.language));
    known.set(idOf(track), { id: idOf(track), language: track.language, name });
  }
  return [...known.values()];
}

const primary = (language: string) => language.split("-", 1)[0] ?? language;

/** The track somebody meant: that very one, or one in its language where the film names it otherwise. */
export function meant<T extends { readonly language: string }>(
  tracks: readonly T[],
  id: string | null,
  idOf: (track: T) => string,
): T | null {
  if (id === null) return null;
  const language = primary(id.split("/", 1)[0] ?? id);
  return tracks.find((track) => idOf(track) === id) ?? tracks.find((track) => primary(track.language) === language) ?? null;
}
