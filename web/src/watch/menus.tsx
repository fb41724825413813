import { QualityIcon } from "../house/icons";
import { SpeedIcon, WordsIcon } from "./icons";
import { Menu, type Choice } from "./menu";
import { inSpeed, SPEEDS } from "./speeds";
import type { Rung, Words } from "./tracks";
import type { Film } from "./use-film";

interface FilmMenuProps {
  readonly film: Film;
  readonly onOpen: (open: boolean) => void;
}

const rate = (rung: Rung) => `${(rung.bitsPerSecond / 1e6).toFixed(1)} Mb/s`;

/** Auto, which tells the rung that is on, and every height there is. */
export function QualityMenu({ film, onOpen }: FilmMenuProps) {
  const { rungs, shown, wanted } = film.tracks;
  const { look } = film;
  if (rungs.length === 0) return null;
  const auto: Choice = {
    key: "auto",
    name: "Auto",
    ...(wanted === null && shown !== null && { aside: `${shown.height}p · ${rate(shown)}` }),
    chosen: wanted === null,
    choose: () => film.chooseHeight(null),
  };
  const fixed = rungs.map((rung): Choice => {
    const { height } = rung;
    return { key: `${height}`, name: `${height}p`, aside: rate(rung), chosen: wanted === height, choose: () => film.chooseHeight(height) };
  });
  return (
    <Menu
      label="Quality"
      icon={<QualityIcon />}
      groups={[{ heading: "Quality", choices: [auto, ...fixed] }]}
      onOpen={(open) => {
        if (open) look();
        onOpen(open);
      }}
    />
  );
}

/** What is heard and what is read. A film with one voice and no subtitles has nothing to choose. */
export function WordsMenu({ film, onOpen }: FilmMenuProps) {
  const { voices, voice, subtitles, subtitle } = film.tracks;
  const heard = voices.map(
    (one: Words): Choice => ({ key: one.id, name: one.name, chosen: one.id === voice, choose: () => film.chooseVoice(one) }),
  );
  const read = [null, ...subtitles].map(
    (one): Choice => ({
      key: one?.id ?? "off",
      name: one?.name ?? "Off",
      chosen: subtitle === (one?.id ?? null),
      choose: () => film.chooseSubtitles(one),
    }),
  );
  const groups = [
    ...(heard.length > 1 ? [{ heading: "Audio", choices: heard }] : []),
    ...(read.length > 1 ? [{ heading: "Subtitles", choices: read }] : []),
  ];
  return groups.length === 0 ? null : (
    <Menu label="Audio and subtitles" icon={<WordsIcon />} groups={groups} onOpen={onOpen} />
  );
}

interface SpeedMenuProps {
  readonly speed: number;
  readonly onSpeed: (speed: number) => void;
  readonly onOpen: (open: boolean) => void;
}

export function SpeedMenu({ speed, onSpeed, onOpen }: SpeedMenuProps) {
  const choices = SPEEDS.map(
    (one): Choice => ({ key: `${one}`, name: inSpeed(one), chosen: one === speed, choose: () => onSpeed(one) }),
  );
  return <Menu label="Speed" icon={<SpeedIcon />} groups={[{ heading: "Speed", choices }]} onOpen={onOpen} />;
}
