import { expect, test } from "vitest";
import { digitsOf, whenAgain } from "./pins";

test.each([
  ["2468", "2468"],
  ["24 68", "2468"],
  ["PIN: 135790", "135790"],
  ["12345678", "123456"],
  ["٣٤", ""],
])("of %s the digits %s are taken", (written, digits) => {
  expect(digitsOf(written)).toBe(digits);
});

test("a wait is named by its end, a short one by its length", () => {
  expect(whenAgain(null, 0)).toBe("");
  expect(whenAgain("1970-01-01T00:01:00+00:00", 0)).toContain("in a minute");
  expect(whenAgain("1970-01-01T00:05:00+00:00", 0)).toMatch(/at \d\d:\d\d/);
});
