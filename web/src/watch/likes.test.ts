import { expect, test } from "vitest";
import { firstWishes, tagOf } from "./likes";
import { AT_FIRST } from "./remembered";

const likes = {
  language: "",
  autoplayNext: true,
  subtitles: false,
  subtitleLanguage: "",
  subtitleSize: "MEDIUM",
  subtitleStyle: "SHADOW",
} as const;

test("what the profile says comes before what this browser remembers of somebody else", () => {
  const here = { ...AT_FIRST, voice: "de/", subtitles: "de/", lastSubtitles: "de/" };
  expect(firstWishes(likes, here)).toEqual({ height: null, voice: null, subtitle: null });
  const german = { ...likes, language: "en", subtitles: true, subtitleLanguage: "fr" };
  expect(firstWishes(german, here)).toEqual({ height: null, voice: "en/", subtitle: "fr/" });
});

test("of several tracks in the language meant, the one chosen here last is meant", () => {
  const here = { ...AT_FIRST, voice: "en/English (commentary)", lastSubtitles: "pt-BR/Brasil" };
  const meant = { ...likes, language: "en-GB", subtitles: true, subtitleLanguage: "pt" };
  expect(firstWishes(meant, here)).toEqual({ height: null, voice: "en/English (commentary)", subtitle: "pt-BR/Brasil" });
});

test("while the house does not answer, what this browser remembers counts", () => {
  expect(firstWishes(null, { ...AT_FIRST, voice: "de/", subtitles: "en/" })).toEqual({ height: null, voice: "de/", subtitle: "en/" });
});

test.each([["de", "de"], ["pt-BR", "pt-BR"], ["", ""], ["x", ""], ["<b>", ""]])("of %s a profile keeps %s", (language, kept) => {
  expect(tagOf(language)).toBe(kept);
});
