import { useCallback, useEffect, useRef, useState } from "react";
import { useClient } from "urql";
import { SetPreferences, type Likes } from "../account/likes";
import { takeOrigin } from "../tell/origin";
import { tell as tellHouse } from "../tell/telling";
import { attested } from "./attested";
import type { Fault } from "./faults";
import { firstWishes, tagOf } from "./likes";
import type { News } from "./order";
import type { Glimpse } from "./projector";
import { recall, remember } from "./remembered";
import { screenName } from "./screen-name";
import { Showing } from "./showing";
import { NO_TRACKS, type Words } from "./tracks";
import type { Wishes } from "./wishes";

export type Film = Omit<News, "title" | "fault"> & {
  readonly title: News["title"] | null;
  readonly fault: Fault | null;
  /** Null lets the player choose. */
  readonly chooseHeight: (height: number | null) => void;
  readonly chooseVoice: (voice: Words) => void;
  readonly chooseSubtitles: (subtitles: Words | null) => void;
  readonly glimpse: (time: number) => Promise<Glimpse | null>;
  /** Somebody looks at what is on offer: a better edition may come now. */
  readonly look: () => void;
  readonly tryAgain: () => void;
  /** Asks anew with what the PIN opened. */
  readonly open: (permit: string) => void;
};

type Told = Pick<Film, "title" | "next" | "chapters" | "tracks" | "waiting" | "fault" | "blocked">;

const BEFORE: Told = {
  title: null,
  next: null,
  chapters: [],
  tracks: NO_TRACKS,
  waiting: null,
  fault: null,
  blocked: false,
};

/** Keeps a title's film on the screen while the page is open. */
export function useFilm(
  id: string,
  hls: boolean,
  video: HTMLVideoElement | null,
  letters: HTMLElement | null,
  likes: Likes | null | undefined,
): Film {
  const client = useClient();
  const ready = likes !== undefined;
  const [attempt, setAttempt] = useState(0);
  const [told, setTold] = useState(BEFORE);
  const showing = useRef<Showing | null>(null);
  const place = useRef<number | null>(null);
  const wishes = useRef<Wishes | null>(null);
  const permit = useRef<string | null>(null);
  const firstLikes = useRef<Likes | null>(null);
  useEffect(() => {
    firstLikes.current = likes ?? null;
  }, [likes]);

  useEffect(() => {
    if (video === null || letters === null || !ready) return;
    wishes.current ??= firstWishes(firstLikes.current, recall());
    const tell = (news: Partial<News>) => setTold((before) => ({ ...before, ...news }));
    const order = { client, title: id, screen: screenName(), hls, from: place.current, wishes: wishes.current, permit: permit.current };
    permit.current = null;
    const witness = attested(video, order, takeOrigin, tellHouse, tell);
    const opened = new Showing(video, letters, order, witness.tell);
    showing.current = opened;
    const close = () => {
      place.current = opened.at > 0 ? opened.at : place.current;
      witness.close();
      opened.close();
    };
    // A page put aside frees its screen; one that is brought back asks for it again.
    const shown = (event: PageTransitionEvent) => {
      if (event.persisted) setAttempt((count) => count + 1);
    };
    const started = () => tell({ blocked: false });
    window.addEventListener("pagehide", close);
    window.addEventListener("pageshow", shown);
    video.addEventListener("playing", started);
    return () => {
      window.removeEventListener("pagehide", close);
      window.removeEventListener("pageshow", shown);
      video.removeEventListener("playing", started);
      close();
    };
  }, [client, id, hls, video, letters, attempt, ready]);

  const wish = useCallback((change: Partial<Wishes>) => {
    wishes.current = { ...(wishes.current ?? firstWishes(null, recall())), ...change };
    showing.current?.wish(change);
  }, []);
  /** The profile remembers it, wherever it watches next; that it could not be kept harms nobody now. */
  const like = useCallback(
    (wished: Partial<Likes>) => void client.mutation(SetPreferences, { profile: null, wish: wished }).toPromise(),
    [client],
  );
  const chooseHeight = useCallback((height: number | null) => wish({ height }), [wish]);
  const chooseVoice = useCallback(
    (voice: Words) => {
      remember({ voice: voice.id });
      wish({ voice: voice.id });
      like({ language: tagOf(voice.language) });
    },
    [wish, like],
  );
  const chooseSubtitles = useCallback(
    (subtitles: Words | null) => {
      remember(subtitles === null ? { subtitles: null } : { subtitles: subtitles.id, lastSubtitles: subtitles.id });
      wish({ subtitle: subtitles?.id ?? null });
      like(subtitles === null ? { subtitles: false } : { subtitles: true, subtitleLanguage: tagOf(subtitles.language) });
    },
    [wish, like],
  );
  const glimpse = useCallback(async (time: number) => (await showing.current?.glimpse(time)) ?? null, []);
  const look = useCallback(() => showing.current?.changeOver(), []);
  const tryAgain = useCallback(() => {
    setTold((before) => ({ ...before, fault: null }));
    setAttempt((count) => count + 1);
  }, []);
  const open = useCallback(
    (opened: string) => {
      permit.current = opened;
      tryAgain();
    },
    [tryAgain],
  );

  return { ...told, chooseHeight, chooseVoice, chooseSubtitles, glimpse, look, tryAgain, open };
}
