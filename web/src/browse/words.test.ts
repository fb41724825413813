import { expect, test } from "vitest";
import { factsOf, lengthInWords } from "./words";

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

test("facts keep their order, leave out what is unknown and name at most three genres", () => {
  expect(factsOf({ year: 2008, runtimeMs: 596_000, genres: ["Animation", "Comedy", "Short", "Family"] })).toEqual([
    "2008",
    "10 min",
    "Animation, Comedy, Short",
  ]);
  expect(factsOf({ year: null, runtimeMs: null, genres: [] })).toEqual([]);
});
