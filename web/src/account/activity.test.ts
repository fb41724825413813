import { expect, test } from "vitest";
import { dayOf } from "./activity";

test("a day is named as one says it", () => {
  const now = new Date(2026, 3, 3, 20, 15);
  const at = (...date: readonly [number, number, number, number]) => dayOf(new Date(...date).toISOString(), now);
  expect(at(2026, 3, 3, 0)).toBe("Today");
  expect(at(2026, 3, 2, 23)).toBe("Yesterday");
  expect(at(2026, 3, 1, 12)).toMatch(/^Wednesday,? 1 April$/);
  expect(at(2025, 11, 31, 12)).toMatch(/^Wednesday,? 31 December 2025$/);
});
