/** The furthest we seek: just before the end, so that a seek never ends the film by itself. */
const LAST_MOMENT_S = 0.25;

export function within(time: number, duration: number): number {
  if (!Number.isFinite(duration) || duration <= 0) return 0;
  return Math.min(Math.max(0, time), Math.max(0, duration - LAST_MOMENT_S));
}

/** The time under a pointer at `x` on a bar from `left`, `width` wide. */
export function timeAt(x: number, left: number, width: number, duration: number): number {
  if (width <= 0) return 0;
  return within(((x - left) / width) * duration, duration);
}

/** How far the film is there without a gap, counted from `time`. */
export function bufferedTo(time: number, ranges: readonly (readonly [number, number])[]): number {
  const here = ranges.find(([start, end]) => start <= time + 0.1 && time <= end);
  return here === undefined ? time : here[1];
}

/** Films begin and end a moment off what is written of them. */
const OFF_BY_S = 0.5;

interface Piece {
  readonly start: number;
  readonly end: number;
}

/** Whether there are pieces of the film, but none of where it stands. */
export function isElsewhere(pieces: readonly Piece[], time: number): boolean {
  return pieces.length > 0 && !pieces.some(({ start, end }) => start - OFF_BY_S <= time && time <= end + OFF_BY_S);
}

/** A share of the whole between 0 and 1. */
export function share(time: number, duration: number): number {
  return duration > 0 && Number.isFinite(duration) ? Math.min(1, Math.max(0, time / duration)) : 0;
}

/** Which way a double tap at `x` seeks; the middle third does not. */
export function tapSide(x: number, width: number): -10 | 0 | 10 {
  if (x < width / 3) return -10;
  return x > (width * 2) / 3 ? 10 : 0;
}
