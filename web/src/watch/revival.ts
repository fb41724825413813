import type { PlayerError } from "./faults";

/** How long the player may take to mend itself, how long a fresh load may bring nothing, and how often we help. */
const MENDS_WITHIN_MS = 5_000;
const ARRIVES_WITHIN_MS = 20_000;
const ONCE_IN_MS = 60_000;

const ABORTED = 1;
const HAVE_FUTURE_DATA = 3;

export interface Helpers {
  /** Loads the film afresh from there. */
  readonly reload: (from: number, playing: boolean) => Promise<void>;
  readonly giveUp: (error: PlayerError | null, place: number) => void;
}

export interface Revival {
  /** The player itself says that its decoder gave up, or fell over a fault of its own. */
  readonly fell: (error: PlayerError | null) => void;
  readonly close: () => void;
}

type Watched = Pick<
  HTMLVideoElement,
  "addEventListener" | "removeEventListener" | "currentTime" | "error" | "paused" | "readyState" | "play"
>;

/**
 * A decoder may give up in the middle of a film. The player often mends that by itself, but may be left paused with
 * nothing to show, without a word. So: one fresh load at the same place, and if that does not help either, words.
 */
export function watchOver(video: Watched, { reload, giveUp }: Helpers, now: () => number): Revival {
  let wanted = !video.paused;
  let trouble: { readonly place: number; readonly playing: boolean; error: PlayerError | null } | null = null;
  let helpedAt = Number.NEGATIVE_INFINITY;
  let timer: ReturnType<typeof setTimeout> | undefined;

  const checkIn = (ms: number) => {
    clearTimeout(timer);
    timer = setTimeout(check, ms);
  };
  const over = () => {
    clearTimeout(timer);
    trouble = null;
  };
  const notice = (error: PlayerError | null) => {
    trouble ??= { place: video.currentTime, playing: wanted, error };
    trouble.error ??= error;
    return trouble;
  };

  const help = () => {
    const { place, playing, error } = notice(null);
    if (now() - helpedAt < ONCE_IN_MS) {
      over();
      giveUp(error, place);
      return;
    }
    helpedAt = now();
    checkIn(ARRIVES_WITHIN_MS);
    void reload(place, playing);
  };
  function check() {
    if (trouble === null) return;
    const { playing } = trouble;
    if (video.error !== null || video.readyState < HAVE_FUTURE_DATA) help();
    else {
      over();
      if (playing && video.paused) video.play().catch(() => undefined);
    }
  }

  const heard = {
    // A player that mends itself pauses and plays too; only before the trouble that is the viewer's wish.
    play: () => (wanted = trouble?.playing ?? true),
    pause: () => (wanted = trouble?.playing ?? false),
    playing: over,
    // Mended, but perhaps left paused: no need to wait any longer.
    canplay: () => {
      if (video.error === null && video.readyState >= HAVE_FUTURE_DATA) check();
    },
    error: () => {
      if (video.error === null || video.error.code === ABORTED) return;
      notice(null);
      checkIn(MENDS_WITHIN_MS);
    },
  };
  for (const [event, listener] of Object.entries(heard)) video.addEventListener(event, listener);

  return {
    fell: (error) => {
      notice(error);
      help();
    },
    close: () => {
      clearTimeout(timer);
      for (const [event, listener] of Object.entries(heard)) video.removeEventListener(event, listener);
    },
  };
}
