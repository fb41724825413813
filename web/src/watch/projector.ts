import shaka from "shaka-player";
import { isGone, playerErrorOf, type PlayerError } from "./faults";

/** One picture size on offer. */
export interface Rung {
  readonly height: number;
  readonly bitsPerSecond: number;
}

export interface ProjectorEvents {
  /** The film's address stopped working (HTTP 410). */
  readonly onGone: () => void;
  readonly onFault: (error: PlayerError | null) => void;
  /** Rungs, or the one on screen, changed. */
  readonly onRungs: (rungs: readonly Rung[], shown: Rung | null) => void;
}

export interface Projector {
  load(address: string, from: number): Promise<void>;
  /** Null lets the player choose. */
  choose(height: number | null): void;
  close(): Promise<void>;
}

// Measured: a stopped server is left after 3 s, a slow link (600 ms, 700 kb/s) still starts.
const RETRY = {
  maxAttempts: 4,
  baseDelay: 200,
  backoffFactor: 1.5,
  fuzzFactor: 0.5,
  timeout: 20_000,
  connectionTimeout: 3_000,
  stallTimeout: 3_000,
};

const CRITICAL: number = shaka.util.Error.Severity.CRITICAL;
const LOAD_INTERRUPTED: number = shaka.util.Error.Code.LOAD_INTERRUPTED;

function rungOf(track: shaka.extern.Track): Rung {
  return { height: track.height ?? 0, bitsPerSecond: track.videoBandwidth ?? track.bandwidth };
}

/** The best track of each height, largest first. */
function tracksByHeight(tracks: readonly shaka.extern.Track[]): shaka.extern.Track[] {
  const best = new Map<number, shaka.extern.Track>();
  for (const track of tracks) {
    const height = track.height ?? 0;
    const known = best.get(height);
    if (height > 0 && (known === undefined || known.bandwidth < track.bandwidth)) best.set(height, track);
  }
  return [...best.values()].sort((a, b) => (b.height ?? 0) - (a.height ?? 0));
}

export async function openProjector(video: HTMLVideoElement, events: ProjectorEvents): Promise<Projector> {
  shaka.polyfill.installAll();
  const player = new shaka.Player();
  window.matineePlayer = player;
  await player.attach(video);
  player.configure({
    streaming: { bufferingGoal: 30, bufferBehind: 30, retryParameters: RETRY },
    manifest: { retryParameters: RETRY },
  });

  const meet = (error: PlayerError | null) => {
    if (isGone(error)) events.onGone();
    else if (error === null || error.severity === CRITICAL) events.onFault(error);
  };
  const detailOf = (event: Event) => playerErrorOf((event as Event & { detail?: unknown }).detail);
  const retried = (event: Event) => {
    const error = playerErrorOf((event as Event & { error?: unknown }).error);
    if (isGone(error)) events.onGone();
  };
  const tellRungs = () => {
    const tracks = player.getVariantTracks();
    const shown = tracks.find((track) => track.active);
    events.onRungs(tracksByHeight(tracks).map(rungOf), shown === undefined ? null : rungOf(shown));
  };

  player.addEventListener("error", (event) => meet(detailOf(event)));
  player.getNetworkingEngine()?.addEventListener("retry", retried);
  for (const change of ["adaptation", "variantchanged", "trackschanged"]) player.addEventListener(change, tellRungs);

  let wanted: number | null = null;
  const showWanted = () => {
    const track = tracksByHeight(player.getVariantTracks()).find((one) => one.height === wanted);
    player.configure({ abr: { enabled: track === undefined } });
    if (track !== undefined && !track.active) player.selectVariantTrack(track, true, 4);
    tellRungs();
  };

  return {
    load: async (address, from) => {
      try {
        await player.load(address, from);
        showWanted();
      } catch (thrown) {
        const error = playerErrorOf(thrown);
        // Another load, or leaving the page, interrupts this one: nothing is wrong then.
        if (error?.code === LOAD_INTERRUPTED) return;
        meet(error);
      }
    },
    choose: (height) => {
      wanted = height;
      showWanted();
    },
    close: async () => {
      if (window.matineePlayer === player) delete window.matineePlayer;
      await player.destroy();
    },
  };
}
