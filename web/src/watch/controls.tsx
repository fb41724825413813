import {
  BackTenIcon,
  FullScreenIcon,
  MutedIcon,
  OnTenIcon,
  PauseIcon,
  PlayIcon,
  SmallScreenIcon,
  SoundIcon,
} from "../house/icons";
import { clock } from "./clock";
import { NextIcon, SmallWindowIcon } from "./icons";
import type { Act } from "./keys";
import { QualityMenu, SpeedMenu, WordsMenu } from "./menus";
import { SeekBar } from "./seek-bar";
import type { Film } from "./use-film";
import type { Playback } from "./use-playback";
import styles from "./controls.module.css";

interface ControlsProps {
  readonly playback: Playback;
  readonly film: Film;
  readonly full: boolean;
  readonly stepped: boolean;
  readonly onAct: (act: Act) => void;
  readonly onSeek: (time: number) => void;
  readonly onVolume: (volume: number) => void;
  readonly onSpeed: (speed: number) => void;
  readonly onMenu: (open: boolean) => void;
}

/** One bar at the foot: the film's length, then everything one can do with it. */
export function Controls({ playback, film, full, stepped, onAct, onSeek, onVolume, onSpeed, onMenu }: ControlsProps) {
  const { paused, time, duration, muted, volume } = playback;
  const silent = muted || volume === 0;
  const icon = (label: string, act: Act, drawing: React.ReactNode, extra = "") => (
    <button
      type="button"
      className={`${styles["icon"]} ${extra}`}
      aria-label={label}
      title={label}
      onClick={() => onAct(act)}
    >
      {drawing}
    </button>
  );
  return (
    <div className={styles["controls"]} role="group" aria-label="Player">
      <SeekBar
        time={time}
        duration={duration}
        bufferedTo={playback.bufferedTo}
        chapters={film.chapters}
        stepped={stepped}
        glimpse={film.glimpse}
        onSeek={onSeek}
      />
      <div className={styles["bar"]}>
        <div className={styles["transport"]}>
          {icon("Back 10 seconds", { kind: "seek-by", by: -10 }, <BackTenIcon />, styles["leap"])}
          {icon(paused ? "Play" : "Pause", { kind: "toggle" }, paused ? <PlayIcon size={26} /> : <PauseIcon size={26} />)}
          {icon("On 10 seconds", { kind: "seek-by", by: 10 }, <OnTenIcon />, styles["leap"])}
        </div>
        <div className={styles["sound"]}>
          {icon(silent ? "Sound on" : "Mute", { kind: "mute" }, silent ? <MutedIcon /> : <SoundIcon />)}
          <input
            type="range"
            className={styles["volume"]}
            aria-label="Volume"
            min={0}
            max={1}
            step={0.05}
            value={silent ? 0 : volume}
            onChange={(event) => onVolume(event.currentTarget.valueAsNumber)}
          />
        </div>
        <p className={styles["time"]}>
          {clock(time)} <span className={styles["whole"]}>/ {clock(duration)}</span>
        </p>
        <span className={styles["space"]} />
        {film.next !== null && icon("Next episode", { kind: "next" }, <NextIcon />)}
        <WordsMenu film={film} onOpen={onMenu} />
        <QualityMenu film={film} onOpen={onMenu} />
        <SpeedMenu speed={playback.speed} onSpeed={onSpeed} onOpen={onMenu} />
        {document.pictureInPictureEnabled &&
          icon("Picture in picture", { kind: "small-window" }, <SmallWindowIcon />, styles["roomy"])}
        {icon(full ? "Leave full screen" : "Full screen", { kind: "full-screen" }, full ? <SmallScreenIcon /> : <FullScreenIcon />)}
      </div>
    </div>
  );
}
