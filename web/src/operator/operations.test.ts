import { expect, test } from "vitest";
import { fitting, standingOf, type LibraryTitle } from "./operations";

const film: LibraryTitle = {
  id: "a",
  kind: "FILM",
  name: "Afterglow",
  year: 2026,
  state: "PLAYABLE",
  problem: null,
  complete: true,
  heightsPx: [1080],
  runtimeMs: 30_000,
  addedAt: "2026-11-21T10:00:00Z",
  seasonCount: 0,
  episodeCount: 0,
  series: null,
  seasonNumber: null,
  episodeNumber: null,
};
const growing = { ...film, id: "b", name: "Rule 110", complete: false };
const failed = { ...film, id: "c", name: "holiday", state: "FAILED" as const, complete: false };
const episode = { ...film, id: "d", kind: "EPISODE" as const, name: "The Glider", series: { name: "Still Lives" } };
const ids = (titles: LibraryTitle[]) => titles.map((title) => title.id).join("");

test("a playable title with rungs to come stands apart", () => {
  expect([film, growing, failed].map(standingOf)).toEqual(["PLAYABLE", "GROWING", "FAILED"]);
});

test("the operator finds titles by name, by their series' name and by state", () => {
  const all = [film, growing, failed, episode];
  expect(ids(fitting(all, "", "ALL"))).toBe("abcd");
  expect(ids(fitting(all, " AFTER", "ALL"))).toBe("a");
  expect(ids(fitting(all, "still lives", "ALL"))).toBe("d");
  expect(ids(fitting(all, "", "FAILED"))).toBe("c");
  expect(ids(fitting(all, "rule", "PLAYABLE"))).toBe("");
});
