import { describe, expect, it } from "vitest";
import { dotsOf, filled, pathOf, roundTop, stepAt } from "./scale";

describe("a plot", () => {
  it("ends at a round number that nothing is above", () => {
    expect([0, 0.3, 1, 7, 11, 240, 260].map((most) => roundTop(most))).toEqual([1, 0.5, 1, 10, 20, 250, 500]);
    expect(roundTop(Number.NaN)).toBe(1);
  });

  it("counts nothing where nobody watched", () => {
    expect(filled([{ atMs: 60, value: 3 }], 0, 180, 60).map((spot) => spot.value)).toEqual([0, 3, 0]);
  });

  it("lifts the pen where nothing is known", () => {
    const spots = [0, 60, 240].map((atMs) => ({ atMs, value: 5 }));
    expect(pathOf(spots, 0, 300, 60, 10)).toBe("M100.0 50.0h1L300.0 50.0M900.0 50.0h1");
  });

  it("shows a point that stands alone", () => {
    const spots = [0, 60, 240].map((atMs) => ({ atMs, value: 5 }));
    expect(dotsOf(spots, 0, 300, 60, 10)).toBe("M900.0 50.0h1");
  });

  it("finds the step under a pointer, and none beyond the last", () => {
    expect([-1, 0, 0.5, 1, 2].map((share) => stepAt(share, 0, 240, 60))).toEqual([0, 0, 2, 3, 3]);
  });
});
