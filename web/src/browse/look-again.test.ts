import { expect, test } from "vitest";
import { nextLookMs } from "./look-again";

test("we look again soon while nothing plays, calmly while more is coming, or not at all", () => {
  const playable = { state: "PLAYABLE", complete: true } as const;
  expect(nextLookMs([])).toBe(3_000);
  expect(nextLookMs([{ state: "PREPARING", complete: false }])).toBe(3_000);
  expect(nextLookMs([playable, { state: "PREPARING", complete: false }])).toBe(12_000);
  expect(nextLookMs([playable, { state: "PLAYABLE", complete: false }])).toBe(12_000);
  expect(nextLookMs([playable, { state: "FAILED", complete: false }])).toBeNull();
});
