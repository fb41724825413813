export const SPEEDS = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2] as const;

/** One step slower or faster from whatever is on now. */
export function nextSpeed(now: number, by: 1 | -1): number {
  const found = by > 0 ? SPEEDS.find((speed) => speed > now) : SPEEDS.findLast((speed) => speed < now);
  return found ?? now;
}

export function inSpeed(speed: number): string {
  return speed === 1 ? "Normal" : `${speed}×`;
}
