import type { Kept } from "./kept";
import type { Locks } from "./orphans";
import type { Shelf } from "./shelf";
import type { House } from "./teller";

interface Batch {
  readonly producer: string;
  readonly profile: string;
  readonly sentAt: number;
  readonly ledger: readonly { readonly seq: number; readonly at: number }[];
  readonly telemetry: readonly { readonly seq: number }[];
}

const REFUSED = JSON.stringify({ title: "That could not be read.", reason: "Send a JSON object." });

/** A house as the tests want it: it keeps what it heard, refuses whom it is told to, and may be away. */
export class PretendedHouse implements House {
  readonly kept = new Map<string, Kept>();
  readonly heard: Batch[] = [];
  readonly beacons: Batch[] = [];
  profile = "ann";
  away = false;
  /** The answer is lost: it was heard, and nobody is told. */
  deaf = false;
  signedOut = false;
  unreadable: number | null = null;
  /** What somebody between page and house answers in its place. */
  instead: (() => Response) | null = null;
  /** How often it was asked, heard or not. */
  asked = 0;

  readonly shelf: Shelf = {
    read: (producer) => this.kept.get(producer) ?? null,
    write: (producer, kept) => void this.kept.set(producer, kept),
    drop: (producer) => void this.kept.delete(producer),
    producers: () => [...this.kept.keys()],
  };
  readonly post = (body: string) => this.answer(JSON.parse(body) as Batch);
  readonly beacon = (body: string) => this.beacons.push(JSON.parse(body) as Batch) > 0;
  readonly renew = () => {
    const renewed = this.signedOut;
    this.signedOut = false;
    return Promise.resolve(renewed);
  };
  readonly about = () => ({ app: "web 0" });
  readonly now = () => Date.now();
  readonly uptime = () => performance.now();
  readonly dice = () => 0.5;

  /** The numbers of one producer, as they stand on the log. */
  log(producer: string, which: "ledger" | "telemetry" = "ledger"): number[] {
    return this.heard.filter((batch) => batch.producer === producer).flatMap((batch) => batch[which].map(({ seq }) => seq));
  }

  private answer(batch: Batch): Promise<Response> {
    this.asked += 1;
    if (this.away) return Promise.reject(new TypeError("no network"));
    if (this.instead !== null) return Promise.resolve(this.instead());
    if (this.signedOut) return Promise.resolve(new Response(null, { status: 401 }));
    if (batch.profile !== this.profile) return Promise.resolve(new Response("{}", { status: 409 }));
    if (batch.ledger.some(({ seq }) => seq === this.unreadable)) return Promise.resolve(new Response(REFUSED, { status: 400 }));
    this.heard.push(batch);
    if (this.deaf) return Promise.reject(new TypeError("the connection was lost"));
    const taken = { ledger: batch.ledger.at(-1)?.seq ?? 0, telemetry: batch.telemetry.at(-1)?.seq ?? 0, refused: {} };
    return Promise.resolve(new Response(JSON.stringify(taken)));
  }
}

/** Locks of a browser in which these tellers live, and whoever takes theirs. */
export function pretendedLocks(...living: readonly string[]): Locks {
  const held = new Set(living);
  return {
    hold: (producer) => {
      held.add(producer);
      return () => held.delete(producer);
    },
    ifGone: (producer, _, work) => (held.has(producer) ? Promise.resolve() : work()),
  };
}
