import { useEffect, useState } from "react";
import { bufferedTo } from "./seek";

/** What the controls show of the video. */
export interface Playback {
  readonly time: number;
  readonly duration: number;
  readonly bufferedTo: number;
  readonly paused: boolean;
  readonly ended: boolean;
  readonly waiting: boolean;
  readonly volume: number;
  readonly muted: boolean;
  readonly speed: number;
}

const BEFORE: Playback = {
  time: 0,
  duration: 0,
  bufferedTo: 0,
  paused: true,
  ended: false,
  waiting: true,
  volume: 1,
  muted: false,
  speed: 1,
};

const TELLING = [
  ..."timeupdate durationchange progress play pause playing waiting seeking seeked".split(" "),
  ..."ended volumechange ratechange loadeddata emptied canplay".split(" "),
];

/** While a film is loaded anew its video is empty for a moment: then the place it was at still counts. */
function read(video: HTMLVideoElement, before: Playback): Playback {
  const empty = video.readyState === HTMLMediaElement.HAVE_NOTHING && before.duration > 0;
  const ranges = Array.from(
    { length: video.buffered.length },
    (_, index) => [video.buffered.start(index), video.buffered.end(index)] as const,
  );
  return {
    time: empty ? before.time : video.currentTime,
    duration: empty ? before.duration : Number.isFinite(video.duration) ? video.duration : 0,
    bufferedTo: bufferedTo(video.currentTime, ranges),
    paused: video.paused,
    ended: video.ended,
    waiting: !video.ended && video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA,
    volume: video.volume,
    muted: video.muted,
    speed: video.defaultPlaybackRate,
  };
}

/** The video as the controls show it, told anew whenever something about it changes. */
export function usePlayback(video: HTMLVideoElement | null): Playback {
  const [playback, setPlayback] = useState(BEFORE);
  useEffect(() => {
    if (video === null) return;
    const look = () => setPlayback((before) => read(video, before));
    for (const event of TELLING) video.addEventListener(event, look);
    return () => {
      for (const event of TELLING) video.removeEventListener(event, look);
    };
  }, [video]);
  return playback;
}
