import { share } from "./seek";

export interface Chapter {
  readonly startMs: number;
  readonly name: string;
}

/** The chapter that a moment belongs to. */
export function chapterAt(chapters: readonly Chapter[], time: number): Chapter | null {
  return chapters.findLast(({ startMs }) => startMs <= time * 1000) ?? null;
}

/** Where the bar is parted: the starts of all chapters that begin inside of the film. */
export function partings(chapters: readonly Chapter[], duration: number): number[] {
  return chapters.map(({ startMs }) => share(startMs / 1000, duration)).filter((at) => at > 0 && at < 1);
}
