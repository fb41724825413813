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
};

const TELLING = [
  ..."timeupdate durationchange progress play pause playing waiting seeking seeked".split(" "),
  ..."ended volumechange loadeddata emptied canplay".split(" "),
];

function read(video: HTMLVideoElement): Playback {
  const ranges = Array.from(
    { length: video.buffered.length },
    (_, index) => [video.buffered.start(index), video.buffered.end(index)] as const,
  );
  return {
    time: video.currentTime,
    duration: Number.isFinite(video.duration) ? video.duration : 0,
    bufferedTo: bufferedTo(video.currentTime, ranges),
    paused: video.paused,
    ended: video.ended,
    waiting: !video.ended && video.readyState < HTMLMediaElement.HAVE_FUTURE_DATA,
    volume: video.volume,
    muted: video.muted,
  };
}

export function usePlayback(video: HTMLVideoElement | null): Playback {
  const [playback, setPlayback] = useState(BEFORE);
  useEffect(() => {
    if (video === null) return;
    const look = () => setPlayback(read(video));
    for (const event of TELLING) video.addEventListener(event, look);
    return () => {
      for (const event of TELLING) video.removeEventListener(event, look);
    };
  }, [video]);
  return playback;
}
