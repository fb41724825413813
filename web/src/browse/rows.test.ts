import { expect, test } from "vitest";
import { heroOf, nextLookMs, rowsOf, type Groupable } from "./rows";

const film = (id: string, genres: string[] = [], state: Groupable["state"] = "PLAYABLE", art: unknown = {}): Groupable => ({
  id,
  genres,
  state,
  art,
});
const shape = (titles: Groupable[]) => rowsOf(titles).map((row) => [row.heading, row.titles.map((t) => t.id).join("")]);

test("an empty library has no rows", () => {
  expect(rowsOf([])).toEqual([]);
  expect(heroOf([])).toBeNull();
});

test("a title stands in one genre row only: the fullest takes it first", () => {
  const titles = [
    film("a", ["Comedy", "Animation"]),
    film("b", ["Animation"]),
    film("c", ["Animation", "Comedy"]),
    film("d", ["Comedy"]),
    film("e", ["Comedy", "Drama"]),
  ];
  expect(shape(titles)).toEqual([
    ["New here", "abcde"],
    ["Comedy", "acde"],
  ]);
});

test("what the first genre leaves over may fill the next", () => {
  const titles = [film("a", ["X", "Y"]), film("b", ["X"]), film("c", ["X"]), film("d", ["Y"]), film("e", ["Y"])];
  expect(shape(titles)).toEqual([
    ["New here", "abcde"],
    ["X", "abc"],
    ["Y", "de"],
  ]);
});

test("spelling of a genre does not split it, and naming it twice does not double it", () => {
  expect(shape([film("a", ["Short", "short "]), film("b", ["SHORT"]), film("c")])[1]).toEqual(["Short", "ab"]);
});

test("a genre that holds just the newest makes no second row of them", () => {
  expect(shape([film("a", ["Short"]), film("b", ["Short"])])).toEqual([["New here", "ab"]]);
});

test("a genre of one title makes no row, yet old titles are never lost", () => {
  const many = Array.from({ length: 14 }, (_, i) => film(String.fromCharCode(97 + i), [`Only ${i}`]));
  expect(shape(many)).toEqual([
    ["New here", "abcdefghijkl"],
    ["More to see", "mn"],
  ]);
});

test("films in preparation stand among the new, failed ones apart and in no genre", () => {
  const titles = [film("a", ["X"], "PREPARING"), film("b", ["X"], "FAILED"), film("c", ["X"]), film("d", ["X"])];
  expect(shape(titles)).toEqual([
    ["New here", "acd"],
    ["X", "cd"],
    ["Could not be prepared", "b"],
  ]);
});

test("the hero is the newest playable with a picture", () => {
  const titles = [film("a", [], "PREPARING"), film("b", [], "PLAYABLE", null), film("c")];
  expect(heroOf(titles)?.id).toBe("c");
  expect(heroOf(titles.slice(0, 2))?.id).toBe("b");
});

test("we look again soon, calmly, or not at all", () => {
  const playable = { state: "PLAYABLE", complete: true } as const;
  expect(nextLookMs([playable, { state: "PREPARING", complete: false }])).toBe(2_000);
  expect(nextLookMs([playable, { state: "PLAYABLE", complete: false }])).toBe(10_000);
  expect(nextLookMs([playable, { state: "FAILED", complete: false }])).toBeNull();
  expect(nextLookMs([])).toBe(10_000);
});
