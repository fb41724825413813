import { askForBetter, askUntilPlayed } from "./asking";
import { codeOf, faultOf, GAVE_UP, isDecoding, isOutage, type Fault, type PlayerError } from "./faults";
import { startHeart, type Heart } from "./heart";
import { holdPass } from "./pass";
import { bePatient } from "./patience";
import { beat, leave, readPlaying, type Granted } from "./play";
import type { News, Order, Signs } from "./order";
import type { Projector } from "./projector";
import { watchOver, type Revival } from "./revival";
import { watchForStuck } from "./stuck";
import type { Tracks } from "./tracks";
import type { Wishes } from "./wishes";

const FETCH_AGAIN_MS = 1_000;
const HAVE_CURRENT_DATA = 2;

/** One film on one screen, from asking for it to freeing the screen: through addresses that end and editions that grow. */
export class Showing {
  private over = false;
  private play: Granted | null = null;
  private projector: Projector | null = null;
  private heart: Heart | null = null;
  private changing = false;
  private started = false;
  private loading = false;
  /** Whether the load under way is to go on playing. */
  private playing = true;
  private better = false;
  private place: number;
  private readonly revival: Revival;
  private readonly stuck = watchForStuck(() => this.look(), () => void this.load(this.at, !this.video.paused));
  private readonly patience;
  private readonly pass = holdPass(() => this.beat(), () => Date.now());
  private readonly changeOverNow = () => this.changeOver();

  constructor(
    private readonly video: HTMLVideoElement,
    private readonly letters: HTMLElement,
    private readonly order: Order,
    private readonly tell: (news: Partial<News & Signs>) => void,
  ) {
    this.place = order.from ?? 0;
    this.patience = bePatient(video, () => performance.now());
    const helpers = {
      reload: (from: number, playing: boolean) => this.load(from, playing),
      giveUp: (error: PlayerError | null, at: number) => this.fail(faultOf(error ?? (video.error ? GAVE_UP : null)), at),
    };
    this.revival = watchOver(video, helpers, () => performance.now());
    for (const event of ["pause", "seeking"]) video.addEventListener(event, this.changeOverNow);
    this.open().catch(() => this.fail(faultOf(null)));
  }

  /** The second we are at; before the film stands at its place, the video says 0. */
  get at(): number {
    if (this.video.currentTime > 0) this.place = this.video.currentTime;
    return this.place;
  }

  readonly wish = (change: Partial<Wishes>) => this.projector?.wish(change);
  readonly glimpse = async (time: number) => (await this.projector?.glimpse(time)) ?? null;

  /** Changes over to a better edition if there is one: at a pause, a seek or a look at what is on offer. */
  changeOver(): void {
    if (!this.better || this.changing || this.over) return;
    this.better = false;
    void this.playAnew(() => (this.started ? askForBetter(this.order, () => this.over) : this.ask()));
  }

  close(): void {
    if (this.over) return;
    if (this.play !== null) leave(this.order.client, this.play.id, Math.round(this.at * 1000));
    this.over = true;
    for (const event of ["pause", "seeking"]) this.video.removeEventListener(event, this.changeOverNow);
    this.heart?.stop();
    this.revival.close();
    this.stuck.stop();
    void this.projector?.close();
    this.projector = null;
  }

  private fail(fault: Fault, at = this.at): void {
    if (this.over) return;
    this.place = at;
    // Nothing may go on behind the notice: no sound that had arrived already, no second fault.
    this.video.pause();
    this.close();
    this.tell({ fault, waiting: null });
  }

  private async open(): Promise<void> {
    const arriving = import("./projector");
    const play = await this.ask();
    if (play === null) return;
    this.adopt(play);
    this.place = this.order.from ?? play.positionMs / 1000;
    const { openProjector } = await arriving;
    const events = {
      onFault: (error: PlayerError | null, loading: boolean) => this.meet(error, loading),
      onTracks: (tracks: Tracks) => this.tell({ tracks }),
      onBox: (box: string) => this.tell({ box }),
    };
    const opened = await openProjector(this.video, this.letters, this.pass, this.order.wishes, events);
    // Left meanwhile: the end came before there was anything to close.
    if (this.isOver()) {
      await opened.close();
      return;
    }
    this.projector = opened;
    this.heart = startHeart(this.video, play.heartbeatSeconds * 1000, () => this.beat(), () => performance.now());
    await this.load(this.place, true);
  }

  private async ask(): Promise<Granted | null> {
    return askUntilPlayed(this.order, {
      isOver: () => this.over,
      isOn: () => this.started,
      onWaiting: (waiting) => this.tell({ waiting }),
      onRefused: (fault) => this.fail(fault),
    });
  }

  private adopt(play: Granted): void {
    this.play = play;
    this.pass.take(play);
    const next = play.next === null ? null : readPlaying(play.next);
    this.tell({ view: play.id, title: readPlaying(play.title), next, chapters: play.chapters, waiting: null });
  }

  private async load(from: number, playing: boolean): Promise<void> {
    if (this.play === null || this.over) return;
    this.place = from > 0 ? from : this.place;
    this.playing = playing;
    this.loading = true;
    const loaded = await this.projector?.load(this.order.hls ? this.play.hls : this.play.dash, this.place, this.play.id);
    this.loading = false;
    if (loaded === true && playing && !this.isOver()) await this.start();
  }

  private async start(): Promise<void> {
    this.started = true;
    await this.video.play().catch((thrown: unknown) => {
      if (!this.over && thrown instanceof DOMException && thrown.name === "NotAllowedError") this.tell({ blocked: true });
    });
  }

  /** One new play, one load, the same place: nobody should notice. */
  private async playAnew(ask: () => Promise<Granted | null>): Promise<void> {
    if (this.changing || this.over) return;
    this.changing = true;
    const playing = !this.started || !this.video.paused;
    const play = await ask();
    if (play !== null && !this.isOver()) {
      this.adopt(play);
      await this.load(this.at, playing);
    }
    this.changing = false;
  }

  private async beat(): Promise<void> {
    const { play } = this;
    if (play === null || !this.isCurrent(play)) return;
    const outcome = await beat(this.order.client, play.id, Math.round(this.at * 1000));
    // A view that is being replaced has nothing more to say.
    if (!this.isCurrent(play)) return;
    if (outcome.kind === "on") {
      this.pass.take(outcome.pass);
      this.better = outcome.better !== null;
    } else if (outcome.kind === "gone") this.fail(outcome.fault);
    else if (outcome.kind === "lost") await this.playAnew(() => this.ask());
  }

  private meet(error: PlayerError | null, loading: boolean): void {
    // What is being left may fall once more: nobody cares.
    if (this.loading && !loading) return;
    this.tell({ failure: codeOf(error) });
    if (isOutage(error) && this.patience.lasts()) {
      setTimeout(() => {
        if (loading) void this.load(this.at, this.playing);
        else this.projector?.fetchAgain();
      }, FETCH_AGAIN_MS);
    } else if (error === null ? !loading : isDecoding(error)) this.revival.fell(error);
    else this.fail(faultOf(error));
  }

  private look() {
    const at = performance.now();
    const { readyState, error } = this.video;
    const stands = this.started && !this.loading && !this.changing && error === null && readyState < HAVE_CURRENT_DATA;
    return { at, stands, busyAt: this.projector?.busyAt() ?? at };
  }

  /** Asked after every wait: the answer may have changed meanwhile. */
  private isOver(): boolean {
    return this.over;
  }

  private isCurrent(play: Granted): boolean {
    return !this.over && !this.changing && play === this.play;
  }
}
