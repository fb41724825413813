import { expect, test } from "vitest";
import { countInWords, factsOf, leftInWords, lengthInWords, qualityOf, seenShare, startOf, tracksInWords } from "./words";

test.each([
  [18_000, "18 s"],
  [59_400, "59 s"],
  [59_600, "1 min"],
  [596_000, "10 min"],
  [3_600_000, "1 h"],
  [3_599_000, "1 h"],
  [6_120_000, "1 h 42 min"],
])("%i ms is %s", (ms, words) => {
  expect(lengthInWords(ms)).toBe(words);
});

const film = { kind: "FILM" as const, year: 2008, runtimeMs: 596_000, genres: ["Animation", "Comedy", "Short", "Family"], seasonCount: 0 };

test("facts keep their order, leave out what is unknown and name at most three genres", () => {
  expect(factsOf(film)).toEqual(["2008", "10 min", "Animation, Comedy, Short"]);
  expect(factsOf({ ...film, year: null, runtimeMs: null, genres: [] })).toEqual([]);
});

test("a series is as long as its seasons", () => {
  expect(factsOf({ ...film, kind: "SERIES", runtimeMs: null, genres: [], seasonCount: 2 })).toEqual(["2008", "two seasons"]);
  expect([countInWords(1, "season"), countInWords(40, "season")]).toEqual(["one season", "40 seasons"]);
});

const mark = (positionMs: number, finished = false) => ({ positionMs, runtimeMs: 600_000, finished });
const episode = (seasonNumber: number, episodeNumber: number, bookmark: ReturnType<typeof mark> | null) => ({
  id: `s${seasonNumber}e${episodeNumber}`,
  seasonNumber,
  episodeNumber,
  bookmark,
});
const series = { id: "series", kind: "SERIES" as const, bookmark: null };

test("a film is resumed where it was left, and played anew once it has ended", () => {
  const start = (bookmark: ReturnType<typeof mark> | null) =>
    startOf({ id: "a", kind: "FILM", bookmark, upNext: { id: "a", seasonNumber: null, episodeNumber: null, bookmark } });
  expect(start(null)).toEqual({ id: "a", label: "Play", mark: null });
  expect(start(mark(0)).label).toBe("Play");
  expect(start(mark(300_000)).label).toBe("Resume");
  expect(start(mark(590_000, true)).label).toBe("Play");
});

test("a series says which episode its button starts, but for the very first", () => {
  expect(startOf({ ...series, upNext: episode(1, 1, null) })).toMatchObject({ id: "s1e1", label: "Play" });
  expect(startOf({ ...series, upNext: episode(1, 2, mark(9)) })).toMatchObject({ id: "s1e2", label: "Resume S1 E2" });
  expect(startOf({ ...series, upNext: episode(2, 1, null) })).toMatchObject({ id: "s2e1", label: "Play S2 E1" });
  expect(startOf({ ...series, upNext: null })).toMatchObject({ id: "series", label: "Play" });
});

test("what is left is never nothing, and what was seen never more than all", () => {
  expect([leftInWords(mark(356_000)), leftInWords(mark(700_000))]).toEqual(["4 min left", "1 s left"]);
  expect([seenShare(null), seenShare(mark(300_000)), seenShare(mark(900_000)), seenShare(mark(5, true))]).toEqual([0, 0.5, 1, 1]);
  expect(seenShare({ positionMs: 5, runtimeMs: 0, finished: false })).toBe(0);
});

test.each([
  [[], null],
  [[480, 360], "480p"],
  [[1080, 720], "HD 1080p"],
  [[360, 2160], "4K"],
])("the best of %j is called %s", (heights, name) => {
  expect(qualityOf(heights)).toBe(name);
});

test("tracks are named once each, forced ones not at all", () => {
  const english = { name: "English", forced: false, hearingImpaired: false };
  const tracks = [english, english, { ...english, hearingImpaired: true }, { ...english, name: "Deutsch", forced: true }];
  expect(tracksInWords(tracks)).toBe("English, English (for the hard of hearing)");
});
