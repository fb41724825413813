import { expect, test } from "vitest";
import { nextSpeed } from "./speeds";

test("a step leads to the neighbouring speed and never past the last", () => {
  expect(nextSpeed(1, 1)).toBe(1.25);
  expect(nextSpeed(1, -1)).toBe(0.75);
  expect(nextSpeed(1.1, -1)).toBe(1);
  expect(nextSpeed(2, 1)).toBe(2);
  expect(nextSpeed(0.5, -1)).toBe(0.5);
});
