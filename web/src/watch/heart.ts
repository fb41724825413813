/** A film paused for so long lets its screen go; playing on asks for it again. */
const PAUSE_HOLDS_MS = 10 * 60_000;

type Watched = Pick<HTMLVideoElement, "addEventListener" | "removeEventListener" | "paused">;

export interface Heart {
  stop(): void;
}

/** Beats while somebody watches, at once on every pause and on going on, and now and then through a short pause. */
export function startHeart(video: Watched, everyMs: number, beat: () => Promise<void>, now: () => number): Heart {
  let pausedAt = now();
  let beating = false;
  const once = () => {
    if (beating) return;
    beating = true;
    void beat().finally(() => {
      beating = false;
    });
  };
  const tick = () => {
    if (!video.paused || now() - pausedAt < PAUSE_HOLDS_MS) once();
  };
  const paused = () => {
    pausedAt = now();
    once();
  };
  const timer = setInterval(tick, everyMs);
  video.addEventListener("pause", paused);
  video.addEventListener("play", once);
  return {
    stop: () => {
      clearInterval(timer);
      video.removeEventListener("pause", paused);
      video.removeEventListener("play", once);
    },
  };
}
