import { useCallback, useEffect, useState } from "react";
import { Button } from "../house/button";
import { BackIcon, PlayIcon } from "../house/icons";
import { Notice } from "../house/notice";
import { usePageName } from "../house/page";
import { goBack, pathTo } from "../house/way";
import { Controls } from "./controls";
import { perform, seekTo, setVolume, toggle } from "./hands";
import type { Act } from "./keys";
import { Surface } from "./surface";
import { useFilm } from "./use-film";
import { usePlayback } from "./use-playback";
import { useShortcuts } from "./use-shortcuts";
import { useVeil } from "./use-veil";
import styles from "./watch-page.module.css";

interface WatchPageProps {
  readonly id: string;
  readonly hls: boolean;
}

function useFullScreen(): boolean {
  const [full, setFull] = useState(false);
  useEffect(() => {
    const look = () => setFull(document.fullscreenElement !== null);
    document.addEventListener("fullscreenchange", look);
    return () => document.removeEventListener("fullscreenchange", look);
  }, []);
  return full;
}

/** Nothing but the picture until you move. */
export function WatchPage({ id, hls }: WatchPageProps) {
  const [stage, setStage] = useState<HTMLDivElement | null>(null);
  const [video, setVideo] = useState<HTMLVideoElement | null>(null);
  const [menu, setMenu] = useState(false);
  const film = useFilm(id, hls, video);
  const playback = usePlayback(video);
  const full = useFullScreen();
  const veil = useVeil(stage, !playback.paused && !menu);
  usePageName(film.name);

  const back = useCallback(() => goBack(pathTo.title(id)), [id]);
  const act = useCallback(
    (wish: Act) => {
      if (video !== null && stage !== null) perform(wish, video, stage, back);
    },
    [video, stage, back],
  );
  useShortcuts(act);

  const veiled = film.fault === null && !film.blocked;
  return (
    <div ref={setStage} className={`${styles["stage"]} ${veil.shown ? "" : styles["still"]}`}>
      {/* eslint-disable-next-line jsx-a11y/media-has-caption -- films carry their own subtitle tracks; none are on offer yet */}
      <video ref={setVideo} className={styles["video"]} playsInline />
      {film.fault !== null ? (
        <div className={styles["fault"]}>
          <Notice urgent title={film.fault.title} reason={film.fault.reason}>
            <Button main onClick={film.tryAgain}>
              Try again
            </Button>
            <Button onClick={back}>Back</Button>
          </Notice>
        </div>
      ) : (
        <>
          <Surface veilShown={veil.shown} onStir={veil.stir} onHide={veil.hide} onAct={act} />
          {playback.waiting && !film.blocked && <div className={styles["waiting"]} role="status" aria-label="Loading" />}
        </>
      )}
      {film.fault === null && (
        <div className={styles["top"]}>
          <button type="button" className={styles["back"]} aria-label="Back" title="Back" onClick={back}>
            <BackIcon />
          </button>
          <h1 className={styles["name"]}>{film.name ?? <span className="unseen">Loading</span>}</h1>
        </div>
      )}
      {film.blocked && film.fault === null && video !== null && (
        <button type="button" className={styles["begin"]} aria-label="Play" onClick={() => toggle(video)}>
          <PlayIcon size={36} />
        </button>
      )}
      {veiled && video !== null && (
        <div className={styles["foot"]}>
          <Controls
            playback={playback}
            film={film}
            full={full}
            onAct={act}
            onSeek={(time) => seekTo(video, time)}
            onVolume={(volume) => setVolume(video, volume)}
            onMenu={setMenu}
          />
        </div>
      )}
    </div>
  );
}
