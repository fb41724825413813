/** The house speaks English so far, so its days do too; amounts follow the reader's browser. */
const TONGUE = "en-GB";

/** "12 Jan", and "12 Jan 2028" when that is not this year. */
export function dayInWords(iso: string, nowMs: number): string {
  const day = new Date(iso);
  const isThisYear = day.getFullYear() === new Date(nowMs).getFullYear();
  return day.toLocaleDateString(TONGUE, { day: "numeric", month: "short", ...(isThisYear ? {} : { year: "numeric" }) });
}

/** A day in a table, where years belong beside each other: "12 Jan 2027". */
export const dayInFull = (iso: string): string =>
  new Date(iso).toLocaleDateString(TONGUE, { day: "numeric", month: "short", year: "numeric" });

/** Whole days until a moment, a begun one counted: 1 on the last, 0 once it has passed. */
export const daysUntil = (iso: string, nowMs: number): number => Math.max(0, Math.ceil((Date.parse(iso) - nowMs) / 86_400_000));
