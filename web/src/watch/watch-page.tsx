import { useCallback, useEffect, useState } from "react";
import { useQuery } from "urql";
import { Button, LinkPill } from "../house/button";
import { PlayIcon } from "../house/icons";
import { Notice } from "../house/notice";
import { usePageName } from "../house/page";
import { go, goBack, pathTo } from "../house/way";
import { forgetWanted, keepWanted } from "../money/wanted-film";
import { Controls } from "./controls";
import { EndCard } from "./end-card";
import { perform, seekTo, setSpeed, setVolume, toggle } from "./hands";
import { HelpCard } from "./help-card";
import type { Act } from "./keys";
import { LikesQuery } from "./likes";
import { NextCard } from "./next-card";
import { PinCard } from "./pin-card";
import { recall } from "./remembered";
import { Surface } from "./surface";
import { TopBar } from "./top-bar";
import { meant } from "./tracks";
import { useFilm } from "./use-film";
import { useFullScreen } from "./use-full-screen";
import { useNextUp } from "./use-next-up";
import { usePlayback } from "./use-playback";
import { useSaying } from "./use-saying";
import { useShortcuts } from "./use-shortcuts";
import { useVeil } from "./use-veil";
import { useVolume } from "./use-volume";
import styles from "./watch-page.module.css";

interface WatchPageProps {
  readonly id: string;
  readonly hls: boolean;
}

/** Nothing but the picture until you move. */
export function WatchPage({ id, hls }: WatchPageProps) {
  const [stage, setStage] = useState<HTMLDivElement | null>(null);
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const [letters, setLetters] = useState<HTMLDivElement | null>(null);
  const [menu, setMenu] = useState(false);
  const [help, setHelp] = useState(false);
  const [{ data: asked, error: unheard }] = useQuery({ query: LikesQuery });
  const likes = asked?.viewer.profile?.preferences ?? (asked === undefined && unheard === undefined ? undefined : null);
  const film = useFilm(id, hls, video, letters, likes);
  const { title, next, fault, waiting, tracks, chooseSubtitles } = film;
  const playback = usePlayback(video);
  const full = useFullScreen();
  const [saying, say] = useSaying();
  const veil = useVeil(stage, !playback.paused && !menu);
  useVolume(video);
  usePageName(title?.name ?? null);

  const shelf = title?.series?.id ?? id;
  const back = useCallback(() => goBack(pathTo.title(shelf)), [shelf]);
  const goNext = useCallback(() => {
    if (next !== null) go(pathTo.watch(next.id) + window.location.search, "replace");
  }, [next]);
  const nextUp = useNextUp(playback, next !== null && likes?.autoplayNext !== false, goNext);

  const turnSubtitles = useCallback(() => {
    const on = meant(tracks.subtitles, recall().lastSubtitles, ({ id: one }) => one) ?? tracks.subtitles[0];
    if (on === undefined) {
      say({ text: "This film has no subtitles", isPlace: false });
      return;
    }
    const wanted = tracks.subtitle === null ? on : null;
    chooseSubtitles(wanted);
    say({ text: `Subtitles: ${wanted?.name ?? "off"}`, isPlace: false });
  }, [tracks, chooseSubtitles, say]);
  const act = useCallback(
    (wish: Act) => {
      if (wish.kind === "help") setHelp(true);
      else if (wish.kind === "next") goNext();
      else if (wish.kind === "subtitles") turnSubtitles();
      else if (wish.kind === "back") {
        if (document.fullscreenElement === null) back();
      } else if (video !== null) say(perform(wish, video));
    },
    [video, back, goNext, turnSubtitles, say],
  );
  useShortcuts(!help && fault?.pin !== true, act);

  const lapsed = fault?.lapsed === true;
  useEffect(() => {
    if (lapsed) keepWanted(id);
    else if (title !== null) forgetWanted();
  }, [id, lapsed, title]);

  const showing = fault === null && waiting === null;
  const hidden = veil.shown || !showing ? "" : styles["still"];
  return (
    <div ref={setStage} className={`${styles["stage"]} ${hidden}`}>
      {/* eslint-disable-next-line jsx-a11y/media-has-caption -- the player writes a film's subtitles into the letters below */}
      <video ref={setVideo} className={styles["video"]} playsInline />
      <div
        ref={setLetters}
        className={`${styles["letters"]} ${veil.shown ? styles["lifted"] : ""}`}
        data-size={likes?.subtitleSize}
        data-look={likes?.subtitleStyle}
      />
      {showing && (
        <>
          <Surface veilShown={veil.shown} onStir={veil.stir} onHide={veil.hide} onAct={act} />
          {playback.waiting && !film.blocked && <div className={styles["waiting"]} role="status" aria-label="Loading" />}
          <p className={saying === null || saying.isPlace ? "unseen" : styles["saying"]} role="status">
            {saying?.text}
          </p>
        </>
      )}
      {waiting !== null && (
        <div className={styles["fault"]}>
          <Notice title={waiting.title} reason={waiting.reason} />
        </div>
      )}
      {fault?.pin === true && <PinCard title={id} onOpen={film.open} onCancel={back} />}
      {fault !== null && fault.pin !== true && (
        <div className={styles["fault"]}>
          <Notice urgent title={fault.title} reason={fault.reason}>
            {lapsed && (
              <LinkPill to="/account" main>
                To your account
              </LinkPill>
            )}
            {fault.again ? (
              <Button main onClick={film.tryAgain}>
                Try again
              </Button>
            ) : (
              <Button main={!lapsed} onClick={back}>
                Back
              </Button>
            )}
          </Notice>
        </div>
      )}
      <div className={styles["top"]}>
        <TopBar title={showing ? title : null} onBack={back} />
      </div>
      {showing && title !== null && playback.ended && nextUp.seconds === null && <EndCard title={title} next={next} onNext={goNext} />}
      {showing && title !== null && next !== null && nextUp.seconds !== null && (
        <NextCard title={title} next={next} seconds={nextUp.seconds} onNow={goNext} onCancel={nextUp.cancel} />
      )}
      {showing && film.blocked && video !== null && (
        <button type="button" className={styles["begin"]} aria-label="Play" onClick={() => toggle(video)}>
          <PlayIcon size={36} />
        </button>
      )}
      {showing && !film.blocked && video !== null && (
        <div className={styles["foot"]}>
          <Controls
            playback={playback}
            film={film}
            full={full}
            stepped={saying?.isPlace === true}
            onAct={act}
            onSeek={(time) => seekTo(video, time)}
            onVolume={(volume) => setVolume(video, volume)}
            onSpeed={(speed) => setSpeed(video, speed)}
            onMenu={setMenu}
          />
        </div>
      )}
      {help && <HelpCard onClose={() => setHelp(false)} />}
    </div>
  );
}
