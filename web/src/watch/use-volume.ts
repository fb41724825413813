import { useEffect } from "react";
import { recall, remember } from "./remembered";

const pick = ({ volume, muted }: Pick<HTMLVideoElement, "volume" | "muted">) => ({ volume, muted });

/** Every film begins as loud as the last one ended. */
export function useVolume(video: HTMLVideoElement | null): void {
  useEffect(() => {
    if (video === null) return;
    Object.assign(video, pick(recall()));
    const changed = () => remember(pick(video));
    video.addEventListener("volumechange", changed);
    return () => video.removeEventListener("volumechange", changed);
  }, [video]);
}
