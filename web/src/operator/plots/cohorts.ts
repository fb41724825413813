/** Who comes back, as a table of months: pure, so that it can be tried. */

export interface Cohort {
  /** "2026-11". */
  readonly month: string;
  readonly profiles: number;
  /** So many of them watched in that month, in the next, … and in this one so far. */
  readonly active: readonly number[];
}

export interface Cell {
  readonly active: number;
  /** 0 to 1, of the month's profiles. */
  readonly share: number;
  /** The month that runs: more may come. */
  readonly soFar: boolean;
}

const month = new Intl.DateTimeFormat(undefined, { month: "short", year: "numeric", timeZone: "UTC" });

export const monthInWords = (iso: string): string => month.format(Date.parse(`${iso}-01T00:00:00Z`));

/** How many columns the oldest month needs. */
export const monthsShown = (cohorts: readonly Cohort[]): number => Math.max(0, ...cohorts.map(({ active }) => active.length));

/** A cell for each month after; undefined where that month is still to come. */
export function cellsOf({ profiles, active }: Cohort, columns: number): (Cell | undefined)[] {
  return Array.from({ length: columns }, (_, later) => {
    const count = active[later];
    return count === undefined ? undefined : { active: count, share: profiles > 0 ? count / profiles : 0, soFar: later === active.length - 1 };
  });
}
