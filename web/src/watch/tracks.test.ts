import { expect, test } from "vitest";
import { idOf, meant, nearest, tracksByHeight, wordsOf } from "./tracks";

const picture = (height: number, bandwidth: number, language = "en", active = false) => ({
  height,
  bandwidth,
  active,
  language,
  label: null,
});
const spoken = (language: string, label: string | null = null) => ({ language, label });

test("each height is offered once, largest first, at its best", () => {
  const tracks = [picture(360, 400), picture(720, 1000), picture(720, 2000), picture(0, 90)];
  expect(tracksByHeight(tracks).map((track) => track.bandwidth)).toEqual([2000, 400]);
});

test("choosing a height keeps the voice that is on", () => {
  const tracks = [picture(720, 1100, "fr"), picture(720, 1000, "en"), picture(360, 400, "en", true), picture(360, 500, "fr")];
  expect(tracksByHeight(tracks).map((track) => track.language)).toEqual(["en", "en"]);
});

test("a height that is missing gives way to the next smaller one", () => {
  const rungs = [{ height: 720 }, { height: 360 }];
  expect(nearest(rungs, 720)?.height).toBe(720);
  expect(nearest(rungs, 480)?.height).toBe(360);
  expect(nearest(rungs, 234)?.height).toBe(360);
  expect(nearest([], 234)).toBeNull();
});

test("languages read as people say them, each once", () => {
  const names = wordsOf([spoken("en"), spoken("en"), spoken("de"), spoken("und"), spoken("en", "Commentary")]);
  expect(names.map(({ name }) => name)).toEqual(["English", "German", "Original", "Commentary"]);
});

test("a choice is found again in another film by its language", () => {
  const film = [spoken("de", "Deutsch"), spoken("en", "English"), spoken("en", "Commentary")];
  expect(meant(film, idOf(spoken("en", "Commentary")), idOf)?.label).toBe("Commentary");
  expect(meant(film, idOf(spoken("en")), idOf)?.label).toBe("English");
  expect(meant(film, idOf(spoken("de-AT")), idOf)?.label).toBe("Deutsch");
  expect(meant(film, idOf(spoken("fr")), idOf)).toBeNull();
  expect(meant(film, null, idOf)).toBeNull();
});
