import { spoken } from "./clock";
import type { Act } from "./keys";
import { within } from "./seek";
import { inSpeed, nextSpeed } from "./speeds";

/** What an act changed, in words, and whether it was the place in the film. */
export interface Saying {
  readonly text: string;
  readonly isPlace: boolean;
}

const setting = (text: string): Saying => ({ text, isPlace: false });

/** Does to the video what a key, a tap or a button asked for, and says what changed unless it is plain to see. */
export function perform(act: Act, video: HTMLVideoElement): Saying | null {
  switch (act.kind) {
    case "toggle":
      toggle(video);
      return null;
    case "mute":
      video.muted = !video.muted;
      return setting(volumeIn(video));
    case "volume-by":
      nudgeVolume(video, act.by);
      return setting(volumeIn(video));
    case "full-screen":
      void toggleFullScreen(video);
      return null;
    case "small-window":
      void toggleSmallWindow(video);
      return null;
    case "seek-by":
      return seekTo(video, video.currentTime + act.by);
    case "seek-to":
      return seekTo(video, video.duration * act.share);
    case "speed-by":
      setSpeed(video, nextSpeed(video.defaultPlaybackRate, act.by));
      return setting(`Speed: ${inSpeed(video.defaultPlaybackRate)}`);
    default:
      return null;
  }
}

function volumeIn(video: HTMLVideoElement): string {
  return video.muted ? "Sound off" : `Volume ${Math.round(video.volume * 100)} %`;
}

export function toggle(video: HTMLVideoElement): void {
  if (video.paused) video.play().catch(() => undefined);
  else video.pause();
}

export function seekTo(video: HTMLVideoElement, time: number): Saying | null {
  if (!(video.duration > 0)) return null;
  const to = within(time, video.duration);
  video.currentTime = to;
  return { text: spoken(to), isPlace: true };
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

/**
 * The default is what the viewer chose: the next load goes by it, and a player that waits stands at 0 meanwhile. Told at
 * once, because a player that stops waiting before it heard of the change would take its own speed back.
 */
export function setSpeed(video: HTMLVideoElement, speed: number): void {
  video.defaultPlaybackRate = speed;
  video.playbackRate = speed;
  video.dispatchEvent(new Event("ratechange"));
}

/** Phones' own additions to the platform. */
type PhoneVideo = HTMLVideoElement & { webkitEnterFullscreen?: () => void };
type PhoneScreen = Omit<Screen, "orientation"> & {
  orientation?: Omit<ScreenOrientation, "lock"> & { lock?: (to: "landscape") => Promise<void> };
};

/** The whole document fills the screen, so that the next episode finds it filled. */
async function toggleFullScreen(video: PhoneVideo): Promise<void> {
  try {
    if (document.fullscreenElement !== null) await document.exitFullscreen();
    else if (document.fullscreenEnabled) {
      await document.documentElement.requestFullscreen();
      await (window.screen as PhoneScreen).orientation?.lock?.("landscape");
    } else video.webkitEnterFullscreen?.();
  } catch {
    // A browser may refuse to fill the screen or to turn it; the film goes on as it is.
  }
}

async function toggleSmallWindow(video: HTMLVideoElement): Promise<void> {
  try {
    if (document.pictureInPictureElement !== null) await document.exitPictureInPicture();
    else await video.requestPictureInPicture();
  } catch {
    // A browser may refuse a window of its own; the film goes on where it is.
  }
}
