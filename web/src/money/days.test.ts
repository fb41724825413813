import { expect, test } from "vitest";
import { dayInFull, dayInWords, daysUntil } from "./days";

const NOW = Date.parse("2026-11-21T12:00:00Z");

test("a day of this year needs no year, one of another has it", () => {
  expect(dayInWords("2026-12-05T12:00:00Z", NOW)).toBe("5 Dec");
  expect(dayInWords("2027-01-12T12:00:00Z", NOW)).toBe("12 Jan 2027");
  expect(dayInFull("2026-12-05T12:00:00Z")).toBe("5 Dec 2026");
});

test.each([
  ["2026-11-21T12:00:01Z", 1],
  ["2026-11-22T12:00:00Z", 1],
  ["2026-11-22T12:00:01Z", 2],
  ["2026-11-21T11:00:00Z", 0],
])("%s is %i days away", (iso, days) => {
  expect(daysUntil(iso, NOW)).toBe(days);
});
