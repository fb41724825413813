import { expect, test } from "vitest";
import { nextLookMs } from "./look-again";

test("we look again soon, calmly, or not at all", () => {
  const playable = { state: "PLAYABLE", complete: true } as const;
  expect(nextLookMs([playable, { state: "PREPARING", complete: false }])).toBe(2_000);
  expect(nextLookMs([playable, { state: "PLAYABLE", complete: false }])).toBe(10_000);
  expect(nextLookMs([playable, { state: "FAILED", complete: false }])).toBeNull();
  expect(nextLookMs([])).toBe(10_000);
});
