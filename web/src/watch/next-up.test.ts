import { expect, test } from "vitest";
import { isOpening, numbered, secondsToNext } from "./next-up";

test("the last ten seconds are counted down", () => {
  expect(secondsToNext(589, 600)).toBeNull();
  expect(secondsToNext(590, 600)).toBe(10);
  expect(secondsToNext(600, 600)).toBe(0);
  expect(secondsToNext(601, 600)).toBe(0);
});

test("a very short episode is not counted down from its start", () => {
  expect(secondsToNext(0, 12)).toBeNull();
  expect(secondsToNext(7.9, 12)).toBeNull();
  expect(secondsToNext(8, 12)).toBe(4);
});

test("nothing is counted before the length is known", () => {
  expect(secondsToNext(0, 0)).toBeNull();
  expect(secondsToNext(0, Number.NaN)).toBeNull();
  expect(secondsToNext(0, Number.POSITIVE_INFINITY)).toBeNull();
});

test("an episode is told by its numbers", () => {
  expect(numbered(1, 2)).toBe("Season 1 · Episode 2");
  expect(numbered(null, 2)).toBe("Episode 2");
  expect(numbered(null, null)).toBe("");
});

test("the opening is a quarter of a minute, and less of a short film", () => {
  expect(isOpening(14_999, 7_200_000)).toBe(true);
  expect(isOpening(15_000, 7_200_000)).toBe(false);
  expect(isOpening(600, 12_000)).toBe(false);
  expect(isOpening(20_000, Number.NaN)).toBe(true);
});
