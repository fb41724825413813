const COUNTED_S = 10;

/**
 * The seconds until the next episode begins by itself, or null while it is not yet time to say so. Very short episodes
 * count down through their last third only.
 */
export function secondsToNext(time: number, duration: number): number | null {
  if (!(duration > 0) || !Number.isFinite(duration)) return null;
  const left = Math.max(0, duration - time);
  return left <= Math.min(COUNTED_S, duration / 3) ? left : null;
}

/** "Season 1 · Episode 2", as far as it is known. */
export function numbered(season: number | null, episode: number | null): string {
  const parts = [season === null ? "" : `Season ${season}`, episode === null ? "" : `Episode ${episode}`];
  return parts.filter((part) => part !== "").join(" · ");
}

/** As the house has it: within the last 90 seconds, or the last twentieth of a shorter film. */
export function isInCredits(positionMs: number, runtimeMs: number): boolean {
  return runtimeMs > 0 && positionMs + Math.min(90_000, runtimeMs * 0.05) >= runtimeMs;
}

/** As the house has it: within the first 15 seconds, or the first twentieth of a shorter film; also while its length is not known. */
export function isOpening(positionMs: number, runtimeMs: number): boolean {
  return !(runtimeMs > 0) || positionMs < Math.min(15_000, runtimeMs * 0.05);
}
