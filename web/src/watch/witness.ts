import type { Class, Facts, Place } from "../tell/facts";
import { Measuring } from "./measuring";
import { isInCredits } from "./next-up";

const LOOKS_EVERY_MS = 500;
const TELLS_EVERY_MS = 10_000;
/** The house takes no longer stretch in one fact. */
const LONGEST_STRETCH_MS = 60_000;
const LEAST_SEEK_MS = 500;
const HAVE_FUTURE_DATA = 3;
const EVENTS = ["playing", "waiting", "pause", "play", "seeking", "seeked", "canplay", "ended"];

export type Tell = <C extends Class>(which: C, fact: Facts[C], atOnce?: boolean) => void;

type Watched = Pick<
  HTMLVideoElement,
  "addEventListener" | "removeEventListener" | "paused" | "ended" | "readyState" | "seeking" | "currentTime" | "duration"
> & { getVideoPlaybackQuality?: () => { readonly droppedVideoFrames: number } };

interface Ways {
  readonly tell: Tell;
  /** Milliseconds that never go back. */
  readonly now: () => number;
}

/**
 * Tells the house what becomes of one press of Play: that it was pressed, when the first picture stood, every change, and every
 * ten seconds how far it came and how well it played. One is there for each view, and for a press that never became one.
 */
export class Witness {
  private readonly measuring: Measuring;
  private readonly timer: ReturnType<typeof setInterval>;
  private of: { readonly view?: string; readonly title: string };
  private box = "";
  private toldAt: number;
  private stretch = 0;
  private stood = 0;
  private wasPaused = false;
  private inCredits = false;
  private runtimeMs = 0;
  private over = false;
  private readonly glance = () => this.look();

  constructor(
    private readonly video: Watched,
    title: string,
    private readonly ways: Ways,
  ) {
    this.of = { title };
    this.toldAt = ways.now();
    this.measuring = new Measuring(this.toldAt);
    for (const event of EVENTS) video.addEventListener(event, this.glance);
    this.timer = setInterval(this.glance, LOOKS_EVERY_MS);
  }

  /** From now on it has a name, by which all that is told of it is put together; `from` is the row it was picked in, if from one. */
  granted(view: string, title: string, from: Partial<Place>): void {
    this.of = { view, title };
    this.ways.tell("telemetry", { ...this.of, playAsked: from });
  }

  served(boxId: string): void {
    this.box = boxId;
  }

  rung(height: number, bitrateBps: number, byHand: boolean): void {
    this.look();
    const fromHeight = this.measuring.rung(height, bitrateBps);
    if (fromHeight === 0 || fromHeight === height) return;
    const rungChanged = { fromHeight, toHeight: height, bitrateBps: Math.round(bitrateBps), byHand };
    this.ways.tell("telemetry", { ...this.of, rungChanged });
  }

  failed(code: string, fatal: boolean): void {
    this.measuring.failures += 1;
    this.ways.tell("telemetry", { ...this.of, failed: { code, fatal, boxId: this.box } }, fatal);
  }

  close(): void {
    if (this.over) return;
    this.look();
    this.over = true;
    clearInterval(this.timer);
    for (const event of EVENTS) this.video.removeEventListener(event, this.glance);
    const waitedMs = this.measuring.waited(this.ways.now());
    this.measure();
    this.ways.tell("telemetry", { ...this.of, left: { beforeStart: this.measuring.joinMs === 0, waitedMs } });
    if (this.measuring.joinMs > 0) this.watched(true);
  }

  private look(): void {
    if (this.over) return;
    const { paused, ended, seeking, readyState, currentTime, duration } = this.video;
    const sight = { paused, ended, seeking, supplied: readyState >= HAVE_FUTURE_DATA || ended };
    const { phase: before, playingMs } = this.measuring;
    const stalledMs = this.measuring.look(sight, this.ways.now());
    const { phase } = this.measuring;
    this.stretch += this.measuring.playingMs - playingMs;
    if (Number.isFinite(duration) && duration > 0) this.runtimeMs = Math.round(duration * 1000);
    if (stalledMs > 0) this.ways.tell("telemetry", { ...this.of, stalled: { stalledMs, positionMs: this.positionMs, boxId: this.box } });
    if (before === "joining" && phase === "playing") this.began();
    if (phase === "seeking" && before !== "seeking") this.watched(false);
    if (before === "seeking" && phase !== "seeking") this.sought();
    if (phase !== "joining" && phase !== "seeking" && paused !== this.wasPaused) this.paused(paused);
    // While it seeks the video already says where to.
    if (phase !== "seeking" && currentTime > 0) this.stood = currentTime;
    this.watch();
  }

  private began(): void {
    this.toldAt = this.ways.now();
    const { joinMs, shown } = this.measuring;
    this.ways.tell("telemetry", { ...this.of, playBegan: { joinMs, ...shown, boxId: this.box } }, true);
  }

  private sought(): void {
    const fromMs = this.positionMs;
    const toMs = Math.round(this.video.currentTime * 1000);
    // A film that was loaded afresh at its place sought nothing.
    if (Math.abs(toMs - fromMs) > LEAST_SEEK_MS) this.ways.tell("telemetry", { ...this.of, sought: { fromMs, toMs } });
  }

  private paused(now: boolean): void {
    this.wasPaused = now;
    this.ways.tell("telemetry", { ...this.of, paused: { positionMs: this.positionMs, resumed: !now } });
    if (now) this.watched(false, true);
  }

  /** Every ten seconds, and as soon as the credits are reached. */
  private watch(): void {
    if (this.measuring.joinMs > 0 && isInCredits(this.positionMs, this.runtimeMs) !== this.inCredits) {
      this.inCredits = !this.inCredits;
      if (this.inCredits) this.watched(false, true);
    }
    if (this.ways.now() - this.toldAt < TELLS_EVERY_MS || this.measuring.phase === "resting") return;
    this.measure();
    if (this.stretch > 0) this.watched(false);
  }

  private measure(): void {
    this.toldAt = this.ways.now();
    const dropped = this.video.getVideoPlaybackQuality?.().droppedVideoFrames ?? 0;
    this.ways.tell("telemetry", { ...this.of, measured: this.measuring.sums(this.toldAt, dropped, this.box) });
  }

  private watched(over: boolean, atOnce = over): void {
    if (this.of.view === undefined) return;
    const { positionMs, runtimeMs, inCredits: finished } = this;
    do {
      const watchedMs = Math.min(Math.round(this.stretch), LONGEST_STRETCH_MS);
      this.stretch = Math.max(0, this.stretch - LONGEST_STRETCH_MS);
      const last = over && this.stretch === 0;
      this.ways.tell("ledger", { ...this.of, watched: { positionMs, runtimeMs, watchedMs, finished, over: last } }, atOnce);
    } while (this.stretch > 0);
  }

  private get positionMs(): number {
    return Math.round(this.stood * 1000);
  }
}
