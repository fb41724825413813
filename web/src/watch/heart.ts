import { isOpening } from "./next-up";

/** A film paused for so long lets its screen go; playing on asks for it again. */
const PAUSE_HOLDS_MS = 10 * 60_000;
/** Who drags along the bar passes many places: the one where they stay is told. */
const SETTLES_MS = 300;

type Watched = Pick<HTMLVideoElement, "addEventListener" | "removeEventListener" | "paused" | "currentTime" | "duration">;

export interface Heart {
  stop(): void;
}

/**
 * Beats while somebody watches, now and then through a short pause, and at once when there is news of where they are: at a
 * pause and at going on, after a seek, and when the opening is over, from when on the house keeps the place.
 */
export function startHeart(video: Watched, everyMs: number, beat: () => Promise<void>, now: () => number): Heart {
  let pausedAt = now();
  let beating = false;
  let news = false;
  let begun = false;
  let stopped = false;
  let settling: ReturnType<typeof setTimeout> | undefined;
  const once = () => {
    beating = true;
    news = false;
    void beat().finally(() => {
      beating = false;
      if (news && !stopped) once();
    });
  };
  /** What comes while a beat is under way is told by another. */
  const atOnce = () => {
    if (beating) news = true;
    else once();
  };
  const tick = () => {
    if (!beating && (!video.paused || now() - pausedAt < PAUSE_HOLDS_MS)) once();
  };
  const heard: Record<string, () => void> = {
    pause: () => {
      pausedAt = now();
      atOnce();
    },
    play: atOnce,
    seeked: () => {
      clearTimeout(settling);
      settling = setTimeout(atOnce, SETTLES_MS);
    },
    timeupdate: () => {
      if (begun || isOpening(video.currentTime * 1000, video.duration * 1000)) return;
      begun = true;
      atOnce();
    },
  };
  const timer = setInterval(tick, everyMs);
  for (const [event, listener] of Object.entries(heard)) video.addEventListener(event, listener);
  return {
    stop: () => {
      stopped = true;
      clearInterval(timer);
      clearTimeout(settling);
      for (const [event, listener] of Object.entries(heard)) video.removeEventListener(event, listener);
    },
  };
}
