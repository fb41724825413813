import type shaka from "shaka-player";
import { isElsewhere } from "./seek";
import { idOf, meant, nearest, tracksByHeight, wordsOf, type Rung, type Tracks } from "./tracks";

/** What the viewer asked for; it outlives every load. */
export interface Wishes {
  readonly height: number | null;
  readonly voice: string | null;
  readonly subtitle: string | null;
}

/** A changed picture size keeps so much of what is buffered, so that the film does not stop for it; one at rest has no need. */
const KEPT_S = 4;

function rungOf(track: shaka.extern.Track): Rung {
  return { height: track.height ?? 0, bitsPerSecond: track.videoBandwidth ?? track.bandwidth };
}

/** What the film offers and what is on. */
export function tracksOf(player: shaka.Player, wishes: Wishes): Tracks {
  const pictures = player.getVariantTracks();
  const shown = pictures.find((track) => track.active);
  const voices = player.getAudioTracks();
  const voice = voices.find((track) => track.active);
  const texts = player.getTextTracks().filter((track) => !track.forced);
  const text = texts.find((track) => track.active);
  return {
    rungs: tracksByHeight(pictures).map(rungOf),
    shown: shown === undefined ? null : rungOf(shown),
    wanted: wishes.height,
    voices: wordsOf(voices),
    voice: voice === undefined ? null : idOf(voice),
    subtitles: wordsOf(texts),
    subtitle: text === undefined ? null : idOf(text),
  };
}

/** Makes the player do what the viewer wishes, as far as this film can. */
export function fulfil(player: shaka.Player, wishes: Wishes): void {
  const voices = player.getAudioTracks();
  const voice = meant(voices, wishes.voice, idOf);
  if (voice !== null && !voice.active) player.selectAudioTrack(voice);

  const rung = wishes.height === null ? null : nearest(tracksByHeight(player.getVariantTracks()).map(withHeight), wishes.height);
  player.configure({ abr: { enabled: rung === null } });
  if (rung !== null && !rung.track.active) player.selectVariantTrack(rung.track, true, player.getMediaElement()?.paused === true ? 0 : KEPT_S);

  const texts = player.getTextTracks().filter((track) => !track.forced);
  const text = meant(texts, wishes.subtitle, idOf);
  if (text === null) {
    if (texts.some((track) => track.active)) player.selectTextTrack(null);
  } else if (!text.active) player.selectTextTrack(text);
}

const withHeight = (track: shaka.extern.Track) => ({ height: track.height, track });

/**
 * Shaka places the subtitles of HLS by the segments that arrive after it first meets some: chosen once all of a film is
 * there, they would never show. So it meets them at the start.
 */
export function expectLetters(player: shaka.Player): void {
  const [text] = player.getTextTracks();
  if (text === undefined || player.getManifestType() !== "HLS") return;
  player.selectTextTrack(text);
  player.selectTextTrack(null);
}

/**
 * Somebody who seeks while a changed picture size is making room leaves Shaka with pieces of where the film was, to which
 * it adds the next ones. Chosen anew without keeping any, the pieces of where it is now come.
 */
export function leaveNothingBehind(player: shaka.Player, at: number): void {
  const shown = player.getVariantTracks().find((track) => track.active);
  if (shown !== undefined && isElsewhere(player.getBufferedInfo().video, at)) player.selectVariantTrack(shown, true);
}
