import type { Class, Facts } from "./facts";

/** The house refuses what is older, and takes so much at once. */
export const KEPT_MS = 7 * 24 * 3_600_000;
const MOST_FACTS = 500;
const LARGEST_BYTES = 60_000;
/** Of telemetry the oldest make room; with them a page that was offline for an hour still says how it fared. */
const MOST_TELEMETRY = 500;

type Numbered = Facts[Class] & { readonly seq: number; readonly at: number };

/** What one teller has told and not heard to be taken, by its numbers. */
export interface Kept {
  readonly profile: string;
  /** When it was last written. */
  readonly touched: number;
  readonly next: Readonly<Record<Class, number>>;
  readonly ledger: readonly Numbered[];
  readonly telemetry: readonly Numbered[];
}

export const nothingOf = (profile: string, now: number): Kept => ({
  profile,
  touched: now,
  next: { ledger: 1, telemetry: 1 },
  ledger: [],
  telemetry: [],
});

export function withFact<C extends Class>(kept: Kept, which: C, fact: Facts[C], now: number): Kept {
  const seq = kept.next[which];
  const facts = [...kept[which], { ...fact, seq, at: now }];
  const most = which === "telemetry" ? MOST_TELEMETRY : Number.POSITIVE_INFINITY;
  return { ...kept, touched: now, next: { ...kept.next, [which]: seq + 1 }, [which]: facts.slice(-most) };
}

export const isEmpty = ({ ledger, telemetry }: Kept) => ledger.length + telemetry.length === 0;
export const isOld = ({ touched }: Kept, now: number) => now - touched > KEPT_MS;

/** The browser's clock was set: what was told happened when it did, by whichever clock. */
export function setBy(kept: Kept, ms: number): Kept {
  const set = <F extends Numbered>(facts: readonly F[]) => facts.map((fact) => ({ ...fact, at: fact.at + ms }));
  return { ...kept, touched: kept.touched + ms, ledger: set(kept.ledger), telemetry: set(kept.telemetry) };
}

/** Without what was taken, up to and including these numbers. */
export function without(kept: Kept, taken: Readonly<Record<Class, number>>): Kept {
  return {
    ...kept,
    ledger: kept.ledger.filter(({ seq }) => seq > taken.ledger),
    telemetry: kept.telemetry.filter(({ seq }) => seq > taken.telemetry),
  };
}

const bytesOf = (text: string) => new TextEncoder().encode(text).length;

/** As much as fits, the oldest first, the ledger before all else; each class without a gap. */
export function batchOf(kept: Kept, head: object, most = MOST_FACTS): { readonly body: string; readonly last: Record<Class, number> } {
  let left = LARGEST_BYTES - bytesOf(JSON.stringify(head));
  let count = most;
  const last = { ledger: 0, telemetry: 0 };
  const take = (which: Class, ofClass: number) => {
    const taken: string[] = [];
    for (const fact of kept[which]) {
      const text = JSON.stringify(fact);
      const bytes = bytesOf(text) + 1;
      if (taken.length >= ofClass || bytes > left) break;
      left -= bytes;
      taken.push(text);
      last[which] = fact.seq;
    }
    return taken.join(",");
  };
  const ledger = take("ledger", count);
  // One fact alone is of one class alone: then it is known which one was refused.
  if (most === 1 && last.ledger > 0) count = 0;
  const telemetry = take("telemetry", count);
  return { body: `${JSON.stringify(head).slice(0, -1)},"ledger":[${ledger}],"telemetry":[${telemetry}]}`, last };
}

/** Reads what was written by whichever version of this page; null where it is nothing of the kind. */
export function understood(written: string | null): Kept | null {
  try {
    const read = JSON.parse(written ?? "null") as Partial<Kept> | null;
    const whole = typeof read?.profile === "string" && typeof read.touched === "number" && typeof read.next === "object";
    return whole && Array.isArray(read.ledger) && Array.isArray(read.telemetry) ? (read as Kept) : null;
  } catch {
    return null;
  }
}
