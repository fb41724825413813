import { useEffect } from "react";
import { useClient } from "urql";
import { pipe, subscribe } from "wonka";
import { renew } from "../account/door";
import { ViewerQuery } from "../house/viewer";
import type { Class, Facts } from "./facts";
import { nothingOf } from "./kept";
import { newName } from "./names";
import { lockOf, locksOf, takeUp } from "./orphans";
import { shelfIn } from "./shelf";
import { Teller, type House } from "./teller";

const BEACONS = "/beacons";
const JSON_BODY = { "content-type": "application/json" };
const TAKE_UP_EVERY_MS = 60_000;
const MOST_EARLY = 100;
/** An answer that takes longer does not come: what was told is told again. */
const ANSWERS_WITHIN_MS = 30_000;

interface Attending {
  readonly profile: string;
  readonly teller: Teller;
  readonly lock: ReturnType<typeof lockOf>;
  readonly timer: number;
}

let attending: Attending | null = null;
/** Told before it is known who watches: moments after a page was opened. */
const early: ((teller: Teller) => void)[] = [];
const listeners = new Set<() => void>();

const networkType = () => (navigator as Navigator & { connection?: { type?: string } }).connection?.type ?? "";

const house = (): House => ({
  shelf: shelfIn(localStorage),
  post: (body) => {
    const signal = AbortSignal.timeout(ANSWERS_WITHIN_MS);
    return window.fetch(BEACONS, { method: "POST", credentials: "same-origin", headers: JSON_BODY, body, signal });
  },
  beacon: (body) => navigator.sendBeacon(BEACONS, new Blob([body], { type: "application/json" })),
  renew,
  about: () => ({ app: import.meta.env.VITE_APP, network: networkType() }),
  now: () => Date.now(),
  uptime: () => performance.now(),
  dice: () => Math.random(),
});

/** Tells the house a fact; at once, if somebody may be waiting to see what comes of it. */
export function tell<C extends Class>(which: C, fact: Facts[C], atOnce = false): void {
  if (attending !== null) attending.teller.tell(which, fact, atOnce);
  else if (early.push((teller) => teller.tell(which, fact, atOnce)) > MOST_EARLY) early.shift();
}

/** Who watches in this tab, as far as facts are told of them. */
export const whoWatches = (): string | null => attending?.profile ?? null;

export function onWhoWatches(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

/** From now on facts are this profile's; null: nobody's. */
function attend(profile: string | null): void {
  if (attending?.profile === profile) return;
  if (attending !== null) {
    attending.teller.close();
    attending.lock.letGo();
    window.clearInterval(attending.timer);
    attending = null;
  }
  if (profile === null) early.length = 0;
  else {
    const at = house();
    const locks = locksOf("locks" in navigator ? navigator.locks : undefined, at.now);
    const teller = new Teller(newName(), nothingOf(profile, at.now()), at);
    const look = () => void takeUp(at, locks, teller.producer, profile).catch(() => undefined);
    const lock = lockOf(locks, teller.producer);
    lock.take();
    attending = { profile, teller, lock, timer: window.setInterval(look, TAKE_UP_EVERY_MS) };
    look();
    for (const waiting of early.splice(0)) waiting(teller);
  }
  for (const listener of listeners) listener();
}

/** Keeps a teller while a page behind the door is open: one for each profile that watches in this tab. */
export function useTelling(active: boolean): void {
  const client = useClient();
  useEffect(() => {
    if (!active) return;
    const asked = pipe(
      client.query(ViewerQuery, {}),
      subscribe(({ data }) => {
        if (data !== undefined) attend(data.viewer.profile?.id ?? null);
      }),
    );
    return () => asked.unsubscribe();
  }, [client, active]);
  // Another client, another profile: what is told before the answer waits for it.
  useEffect(() => () => attend(null), [client]);
  useEffect(() => {
    const heard = {
      pagehide: () => {
        attending?.teller.part();
        attending?.lock.letGo();
      },
      pageshow: () => {
        attending?.lock.take();
        attending?.teller.stay();
      },
      online: () => attending?.teller.retry(),
    };
    for (const [event, listener] of Object.entries(heard)) window.addEventListener(event, listener);
    return () => {
      for (const [event, listener] of Object.entries(heard)) window.removeEventListener(event, listener);
    };
  }, []);
}
