/** Figures as an operator reads them: three digits are enough, units beside them. */
const BYTE_UNITS = ["B", "kB", "MB", "GB", "TB", "PB"];
const BIT_UNITS = ["b/s", "kb/s", "Mb/s", "Gb/s", "Tb/s"];

function scaled(value: number, units: readonly string[]): string {
  let unit = 0;
  let left = Math.max(0, value);
  while (left >= 999.5 && unit < units.length - 1) {
    left /= 1000;
    unit += 1;
  }
  const digits = left < 9.95 && unit > 0 && left > 0 ? 1 : 0;
  return `${left.toFixed(digits)} ${units[unit] ?? ""}`;
}

export const inBytes = (bytes: number): string => scaled(bytes, BYTE_UNITS);
export const inBits = (bitsPerSecond: number): string => scaled(bitsPerSecond, BIT_UNITS);
export const inPercent = (share: number): string => `${(share * 100).toFixed(1)} %`;

/** "9 of 60 GB", the unit said once where both share it. */
export function ofCapacity(used: number, capacity: number): string {
  const [amount, unit] = inBytes(used).split(" ");
  const whole = inBytes(capacity);
  return whole.endsWith(` ${unit ?? ""}`) ? `${amount ?? ""} of ${whole}` : `${inBytes(used)} of ${whole}`;
}

/** A span for people, in its one largest unit: "45 s", "3 min", "2 h", "4 days". */
export function spanInWords(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 90) return `${whole} s`;
  if (whole < 90 * 60) return `${Math.round(whole / 60)} min`;
  if (whole < 36 * 3600) return `${Math.round(whole / 3600)} h`;
  return `${Math.round(whole / 86_400)} days`;
}

/** A short span, which seconds alone would not tell: "820 ms", "2.4 s". */
export const spanOfMs = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : ms < 90_000 ? `${(ms / 1000).toFixed(1)} s` : spanInWords(ms / 1000);

/** How long ago a moment was; clocks that disagree a little make no future. */
export const agoInWords = (iso: string, nowMs: number): string => `${spanInWords((nowMs - Date.parse(iso)) / 1000)} ago`;

/** A rung as the studio names it, "v432-730k", for people: "432p 730k". */
export function rungInWords(name: string): string {
  const parts = /^v(\d+)-(\w+)$/.exec(name);
  return parts === null ? name : `${parts[1] ?? ""}p ${parts[2] ?? ""}`;
}

/** A title may be gone from the house while figures of it are left. */
export const titleInWords = (name: string): string => (name === "" ? "A title that is gone" : name);

export const inSpeed = (timesRealTime: number): string => `${timesRealTime.toFixed(timesRealTime < 10 ? 1 : 0)}×`;
