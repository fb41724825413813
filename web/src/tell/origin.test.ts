import { expect, test } from "vitest";
import { pickedFrom, takeOrigin } from "./origin";

const from = { rowId: "new", row: 2, place: 4 };

test("what is played after it was picked in a row came from there, once", () => {
  pickedFrom(["film"], from, 0);
  expect(takeOrigin(["film"], 60_000)).toEqual(from);
  expect(takeOrigin(["film"], 60_000)).toEqual({});
});

test("another title, or one that was picked long ago, came from nowhere", () => {
  pickedFrom(["film"], from, 0);
  expect(takeOrigin(["another"], 60_000)).toEqual({});
  expect(takeOrigin(["film"], 31 * 60_000)).toEqual({});
});

test("of a series the episode that is next came from its row, too", () => {
  pickedFrom(["series", "episode"], from, 0);
  expect(takeOrigin(["episode"], 60_000)).toEqual(from);
});
