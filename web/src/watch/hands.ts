import type { Act } from "./keys";
import { within } from "./seek";

/** Does to the video what a key, a tap or a button asked for. */
export function perform(act: Act, video: HTMLVideoElement, stage: HTMLElement, back: () => void): void {
  switch (act.kind) {
    case "toggle":
      toggle(video);
      return;
    case "mute":
      video.muted = !video.muted;
      return;
    case "full-screen":
      void toggleFullScreen(video, stage);
      return;
    case "back":
      if (document.fullscreenElement === null) back();
      return;
    case "seek-by":
      seekTo(video, video.currentTime + act.by);
      return;
    case "seek-to":
      seekTo(video, video.duration * act.share);
      return;
    case "volume-by":
      nudgeVolume(video, act.by);
      return;
  }
}

export function toggle(video: HTMLVideoElement): void {
  if (video.paused) video.play().catch(() => undefined);
  else video.pause();
}

export function seekTo(video: HTMLVideoElement, time: number): void {
  if (video.duration > 0) video.currentTime = within(time, video.duration);
}

/** Louder ends a mute; softer keeps it. */
function nudgeVolume(video: HTMLVideoElement, by: number): void {
  const muted = video.muted && by < 0;
  setVolume(video, video.volume + by);
  video.muted ||= muted;
}

export function setVolume(video: HTMLVideoElement, volume: number): void {
  video.volume = Math.min(1, Math.max(0, volume));
  video.muted = video.volume === 0;
}

/** Phones' own additions to the platform. */
type PhoneVideo = HTMLVideoElement & { webkitEnterFullscreen?: () => void };
type PhoneScreen = Omit<Screen, "orientation"> & {
  orientation?: Omit<ScreenOrientation, "lock"> & { lock?: (to: "landscape") => Promise<void> };
};

async function toggleFullScreen(video: PhoneVideo, stage: HTMLElement): Promise<void> {
  try {
    if (document.fullscreenElement !== null) await document.exitFullscreen();
    else if (document.fullscreenEnabled) {
      await stage.requestFullscreen();
      await (window.screen as PhoneScreen).orientation?.lock?.("landscape");
    } else video.webkitEnterFullscreen?.();
  } catch {
    // A browser may refuse to fill the screen or to turn it; the film goes on as it is.
  }
}
