import type { Measured } from "../tell/facts";

/** What a view is doing, by CTA-2066: a picture that stands after a seek or before the first one is no stall. */
export type Phase = "joining" | "playing" | "stalled" | "seeking" | "resting";

/** What a moment of the video looks like. */
export interface Sight {
  readonly paused: boolean;
  readonly ended: boolean;
  /** There is something to show after this picture. */
  readonly supplied: boolean;
  readonly seeking: boolean;
}

/** Who slept for longer between two looks was a machine put to sleep, not a film that played. */
const LONGEST_LOOK_MS = 5_000;
/** The house takes no longer wait in one fact. */
const LONGEST_WAIT_MS = 10 * 60_000;
const wait = (ms: number) => Math.min(Math.round(ms), LONGEST_WAIT_MS);
/** What nobody sees is no stall: decoders take breath after a change of rung. */
const LEAST_STALL_MS = 100;

export function phaseAfter(before: Phase, { paused, ended, supplied, seeking }: Sight): Phase {
  if (before === "joining") return supplied && !paused && !seeking ? "playing" : "joining";
  if (ended) return "resting";
  if (seeking) return "seeking";
  if (before === "seeking" && !supplied) return "seeking";
  if (paused) return "resting";
  return supplied ? "playing" : "stalled";
}

/** Adds up a view, look by look. All its figures are sums, so that one that is not heard harms nobody. */
export class Measuring {
  phase: Phase = "joining";
  playingMs = 0;
  stalledMs = 0;
  stalls = 0;
  switches = 0;
  failures = 0;
  joinMs = 0;
  private bits = 0;
  private height = 0;
  private bitrate = 0;
  private lookedAt: number;
  private stall = 0;
  private readonly rungs = new Map<number, number>();

  constructor(private readonly askedAt: number) {
    this.lookedAt = askedAt;
  }

  /** The time since the last look was spent in the phase it left us in. The length of a stall that ended, else 0. */
  look(sight: Sight, at: number): number {
    const gone = Math.min(Math.max(at - this.lookedAt, 0), LONGEST_LOOK_MS);
    this.lookedAt = at;
    const before = this.phase;
    if (before === "playing") this.played(gone);
    if (before === "stalled") this.stall += gone;
    this.phase = phaseAfter(before, sight);
    if (before === "joining" && this.phase === "playing") this.joinMs = Math.max(1, wait(at - this.askedAt));
    return before === "stalled" && this.phase !== "stalled" ? this.ended() : 0;
  }

  /** What is on from now on; how high it was before. */
  rung(height: number, bitrate: number): number {
    const before = this.height;
    if (before !== 0 && before !== height && height !== 0) this.switches += 1;
    this.height = height;
    this.bitrate = bitrate;
    return before;
  }

  get shown(): { readonly height: number; readonly bitrateBps: number } {
    return { height: this.height, bitrateBps: Math.round(this.bitrate) };
  }

  /** Since Play was pressed, while nothing was shown yet. */
  waited(at: number): number {
    return this.phase === "joining" ? wait(at - this.askedAt) : 0;
  }

  sums(at: number, droppedFrames: number, boxId: string): Measured {
    return {
      playingMs: Math.round(this.playingMs),
      stalledMs: Math.round(this.stalledMs + this.stall),
      stalls: this.stalls,
      switches: this.switches,
      failures: this.failures,
      joinMs: this.joinMs,
      bits: Math.round(this.bits),
      droppedFrames,
      rungs: [...this.rungs].map(([height, playingMs]) => ({ height, playingMs: Math.round(playingMs) })),
      boxId,
      waitingMs: this.waited(at),
    };
  }

  private played(ms: number): void {
    this.playingMs += ms;
    this.bits += (this.bitrate * ms) / 1000;
    this.rungs.set(this.height, (this.rungs.get(this.height) ?? 0) + ms);
  }

  private ended(): number {
    const lasted = this.stall;
    this.stall = 0;
    if (lasted < LEAST_STALL_MS) {
      this.played(lasted);
      return 0;
    }
    this.stalledMs += lasted;
    this.stalls += 1;
    return wait(lasted);
  }
}
