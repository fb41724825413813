import { errand, headOf, type Outcome, type Post } from "./errand";
import type { Class, Facts } from "./facts";
import { batchOf, isEmpty, KEPT_MS, setBy, withFact, without, type Kept } from "./kept";
import type { Shelf } from "./shelf";

const SOON_MS = 2_000;
const AT_ONCE_MS = 50;
const LONGEST_MS = 60_000;

export interface House {
  readonly shelf: Shelf;
  readonly post: Post;
  /** Sends what is not waited for, while the page is left; false when the browser has no room for it. */
  readonly beacon: (body: string) => boolean;
  /** Asks for a fresh passport; false when there is none to be had. */
  readonly renew: () => Promise<boolean>;
  /** What is said of this browser with each batch. */
  readonly about: () => object;
  readonly now: () => number;
  /** Since this page was opened, by a clock that nobody sets. */
  readonly uptime: () => number;
  readonly dice: () => number;
}

/**
 * Tells the house what happened in one tab while one profile watches. Each fact has a number and is kept until the house said
 * that it has it; who hears a number twice counts it once, so that in doubt it is told again.
 */
export class Teller {
  private timer: ReturnType<typeof setTimeout> | undefined;
  private due = Number.POSITIVE_INFINITY;
  private notBefore = 0;
  private failures = 0;
  private most: number | undefined;
  private sending = false;
  /** News came while a batch was under way. */
  private hurry = false;
  private parting = false;
  private over = false;
  /** When the page was opened, as the clocks had it last. */
  private opened: number;

  constructor(
    readonly producer: string,
    private kept: Kept,
    private readonly house: House,
  ) {
    this.opened = house.now() - house.uptime();
  }

  tell<C extends Class>(which: C, fact: Facts[C], atOnce = false): void {
    this.setRight();
    this.keep(withFact(this.kept, which, fact, this.house.now()));
    if (this.parting) queueMicrotask(() => this.sendAway());
    else if (this.sending) this.hurry ||= atOnce;
    else this.sendIn(atOnce ? AT_ONCE_MS : SOON_MS);
  }

  /** The page is being left: what is kept goes by itself, and so does whatever is told from now on. */
  part(): void {
    this.parting = true;
    this.sendAway();
  }

  /** The page was brought back. */
  stay(): void {
    this.parting = false;
    this.sendIn(AT_ONCE_MS);
  }

  /** The network is back: whatever was waited for is not waited for any more. */
  retry(): void {
    this.failures = 0;
    this.notBefore = 0;
    this.sendIn(AT_ONCE_MS);
  }

  /** What it still has stays on the shelf, for whoever takes it up. */
  close(): void {
    this.over = true;
    clearTimeout(this.timer);
  }

  private keep(kept: Kept): void {
    this.kept = kept;
    if (isEmpty(kept)) this.house.shelf.drop(this.producer);
    else this.house.shelf.write(this.producer, kept);
  }

  /**
   * The house sets its clock against this one's, and takes nothing that is a week old. So when this one was set by more than that,
   * what was told before goes along. By less it may have slept: some browsers count no uptime then.
   */
  private setRight(): void {
    const opened = this.house.now() - this.house.uptime();
    if (Math.abs(opened - this.opened) > KEPT_MS && !isEmpty(this.kept)) this.keep(setBy(this.kept, opened - this.opened));
    this.opened = opened;
  }

  private sendIn(ms: number): void {
    const due = Math.max(this.house.uptime() + ms, this.notBefore);
    if (this.over || this.sending || isEmpty(this.kept) || due >= this.due) return;
    clearTimeout(this.timer);
    this.due = due;
    this.timer = setTimeout(() => void this.send(), due - this.house.uptime());
  }

  private sendAway(): void {
    this.setRight();
    if (!isEmpty(this.kept)) this.house.beacon(batchOf(this.kept, this.head()).body);
  }

  private head(): object {
    return headOf(this.producer, this.kept, this.house.about(), this.house.now());
  }

  private async send(): Promise<void> {
    this.due = Number.POSITIVE_INFINITY;
    this.sending = true;
    this.setRight();
    const outcome = await errand(this.kept, this.head(), this.house.post, this.most);
    const renewed = outcome.kind === "signed-out" && (await this.house.renew().catch(() => false));
    this.sending = false;
    if (this.over) return;
    this.settle(outcome, renewed);
    this.sendIn(this.hurry ? AT_ONCE_MS : SOON_MS);
    this.hurry = false;
  }

  private settle(outcome: Outcome, renewed: boolean): void {
    if (outcome.kind === "taken") {
      this.failures = 0;
      this.most = undefined;
      this.keep(without(this.kept, outcome.taken));
    } else if (outcome.kind === "unreadable") {
      // One by one, until the one is found that nobody will ever take.
      if (this.most === 1) this.keep(without(this.kept, outcome.last));
      this.most = 1;
    } else if (!renewed) {
      this.failures += outcome.kind === "unheard" ? 1 : 0;
      const wait = outcome.kind === "unheard" ? Math.min(LONGEST_MS, SOON_MS * 2 ** (this.failures - 1)) : LONGEST_MS;
      // Not all pages of a house that was away come back in the same instant.
      this.notBefore = this.house.uptime() + wait * (0.75 + this.house.dice() / 2);
    }
  }
}
