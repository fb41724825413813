import { expect, test } from "vitest";
import { chapterAt, partings } from "./chapters";

const CHAPTERS = [
  { startMs: 0, name: "Morning" },
  { startMs: 30_000, name: "Noon" },
  { startMs: 45_000, name: "Evening" },
];

test("a moment belongs to the chapter that began last", () => {
  expect(chapterAt(CHAPTERS, 0)?.name).toBe("Morning");
  expect(chapterAt(CHAPTERS, 29.9)?.name).toBe("Morning");
  expect(chapterAt(CHAPTERS, 30)?.name).toBe("Noon");
  expect(chapterAt(CHAPTERS, 999)?.name).toBe("Evening");
  expect(chapterAt(CHAPTERS.slice(1), 3)).toBeNull();
  expect(chapterAt([], 3)).toBeNull();
});

test("the bar is parted between chapters only", () => {
  expect(partings(CHAPTERS, 60)).toEqual([0.5, 0.75]);
  expect(partings(CHAPTERS, 40)).toEqual([0.75]);
  expect(partings(CHAPTERS, 0)).toEqual([]);
});
