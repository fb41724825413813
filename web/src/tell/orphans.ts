import { errand, headOf, type Outcome } from "./errand";
import { isEmpty, isOld, without, type Kept } from "./kept";
import type { House } from "./teller";

/** Who is silent for so long counts as gone where the browser has no locks. */
const SILENT_MS = 120_000;

/** Tells whether a teller lives: each holds a lock of its own name for as long as its page is open. */
export interface Locks {
  hold(producer: string): () => void;
  /** Does the work if the teller is gone. */
  ifGone(producer: string, kept: Kept, work: () => Promise<void>): Promise<void>;
}

const nameOf = (producer: string) => `matinee.tell.${producer}`;

/** Locks exist on secure origins only; elsewhere a teller that did not write for a while counts as gone. */
export function locksOf(locks: LockManager | undefined, now: () => number): Locks {
  if (locks === undefined) {
    return {
      hold: () => () => undefined,
      ifGone: (_, kept, work) => (now() - kept.touched > SILENT_MS ? work() : Promise.resolve()),
    };
  }
  return {
    hold: (producer) => {
      let release: () => void = () => undefined;
      const held = new Promise<void>((resolve) => (release = resolve));
      void locks.request(nameOf(producer), () => held);
      return release;
    },
    ifGone: async (producer, _, work) => {
      await locks.request(nameOf(producer), { ifAvailable: true }, (lock) => (lock === null ? undefined : work()));
    },
  };
}

/** A teller's own lock. Browsers put no page aside that holds one, so it is let go with the page and taken when it is back. */
export function lockOf(locks: Locks, producer: string): { readonly take: () => void; readonly letGo: () => void } {
  let release: (() => void) | undefined;
  const letGo = () => {
    release?.();
    release = undefined;
  };
  return { take: () => void (release ??= locks.hold(producer)), letGo };
}

/**
 * Takes up what closed tabs had left to tell, and tells it under their names and numbers. What belongs to another profile waits
 * until that one watches; what is too old for the house to take is dropped.
 */
export async function takeUp(house: House, locks: Locks, mine: string, profile: string): Promise<void> {
  for (const producer of house.shelf.producers()) {
    const kept = house.shelf.read(producer);
    if (producer === mine) continue;
    if (kept === null || isOld(kept, house.now())) house.shelf.drop(producer);
    else if (kept.profile === profile) await locks.ifGone(producer, kept, () => tellAll(house, producer));
  }
}

/** Until all is told, or nobody hears it: then it stays for the next time. */
async function tellAll(house: House, producer: string): Promise<void> {
  let most: number | undefined;
  for (let kept = house.shelf.read(producer); kept !== null && !isEmpty(kept); kept = house.shelf.read(producer)) {
    const outcome: Outcome = await errand(kept, headOf(producer, kept, house.about(), house.now()), house.post, most);
    if (outcome.kind === "taken") {
      const left = without(kept, outcome.taken);
      if (left.ledger.length + left.telemetry.length === kept.ledger.length + kept.telemetry.length) return;
      put(house, producer, left);
      most = undefined;
    } else if (outcome.kind === "unreadable") {
      if (most === 1) put(house, producer, without(kept, outcome.last));
      most = 1;
    } else return;
  }
}

function put(house: House, producer: string, kept: Kept): void {
  if (isEmpty(kept)) house.shelf.drop(producer);
  else house.shelf.write(producer, kept);
}
