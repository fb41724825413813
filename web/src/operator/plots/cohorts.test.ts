import { describe, expect, it } from "vitest";
import { cellsOf, monthInWords, monthsShown } from "./cohorts";

const OCTOBER = { month: "2026-10", profiles: 8, active: [8, 6] };

describe("who comes back", () => {
  it("is a share of those who first watched in a month, and of this month so far", () => {
    expect(cellsOf(OCTOBER, 3)).toEqual([
      { active: 8, share: 1, soFar: false },
      { active: 6, share: 0.75, soFar: true },
      undefined,
    ]);
  });

  it("has a column for each month since the first", () => {
    expect(monthsShown([{ month: "2026-11", profiles: 1, active: [1] }, OCTOBER])).toBe(2);
    expect(monthsShown([])).toBe(0);
  });

  it("calls a month by the month it is, wherever the reader sits", () => {
    expect(monthInWords("2026-11")).toContain("2026");
    expect(monthInWords("2026-11")).toBe(new Date(Date.UTC(2026, 10, 15)).toLocaleDateString(undefined, { month: "short", year: "numeric" }));
  });
});
