import { expect, test } from "vitest";
import { placeOf, seenOf, type Standing } from "./standing";

const TITLES = ["tide", "moor", "lamp"];
const told = { model: "blend-12", trial: "t1", arm: "interleaved", propensity: 0.5, teams: ["base", "challenger", "base"] };
const standing: Standing = { page: "home", pageId: "visit", rowId: "for-you", row: 2, told };

test("a row that nobody ranked is told by where it stands", () => {
  const plain = { ...standing, told: null };
  expect(seenOf(plain, TITLES, ["moor"])).toEqual({ page: "home", pageId: "visit", rowId: "for-you", row: 2, titleIds: ["moor"] });
  expect(placeOf(plain, 1)).toEqual({ rowId: "for-you", row: 2, place: 1 });
});

test("a ranked row is told with its model and its trial, each title with its team", () => {
  expect(seenOf(standing, TITLES, ["lamp", "moor"])).toMatchObject({
    model: "blend-12",
    trial: "t1",
    arm: "interleaved",
    propensity: 0.5,
    titleIds: ["lamp", "moor"],
    teams: ["base", "challenger"],
  });
  expect(seenOf({ ...standing, told: { ...told, teams: [] } }, TITLES, ["lamp"]).teams).toEqual([]);
});

test("a play is a vote for the team that put the title there, and in an A/B trial for the profile's arm", () => {
  expect(placeOf(standing, 1)).toEqual({ rowId: "for-you", row: 2, place: 1, trial: "t1", arm: "challenger" });
  expect(placeOf({ ...standing, told: { ...told, arm: "base", teams: [] } }, 1)).toMatchObject({ trial: "t1", arm: "base" });
  expect(placeOf({ ...standing, told: { ...told, model: "", arm: "base", teams: [] } }, 1)).toEqual({ rowId: "for-you", row: 2, place: 1 });
  expect(placeOf({ ...standing, told: { ...told, trial: "", arm: "", teams: [] } }, 1)).toEqual({ rowId: "for-you", row: 2, place: 1 });
});
