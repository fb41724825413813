import { expect, test } from "vitest";
import { bufferedTo, isElsewhere, share, tapSide, timeAt, within } from "./seek";

test("a seek stays inside the film and short of its end", () => {
  expect(within(-4, 100)).toBe(0);
  expect(within(40, 100)).toBe(40);
  expect(within(120, 100)).toBe(99.75);
  expect(within(5, Number.NaN)).toBe(0);
  expect(within(5, 0.1)).toBe(0);
});

test("a pointer on the bar becomes a time", () => {
  expect(timeAt(350, 100, 500, 60)).toBe(30);
  expect(timeAt(0, 100, 500, 60)).toBe(0);
  expect(timeAt(900, 100, 500, 60)).toBe(59.75);
  expect(timeAt(10, 0, 0, 60)).toBe(0);
});

test("buffered counts only the stretch we are in", () => {
  expect(
    bufferedTo(12, [
      [0, 8],
      [10, 25],
      [40, 50],
    ]),
  ).toBe(25);
  expect(bufferedTo(9, [[0, 8]])).toBe(9);
  expect(bufferedTo(0, [[0.05, 6]])).toBe(6);
});

test("shares are never outside of the bar", () => {
  expect(share(15, 60)).toBe(0.25);
  expect(share(90, 60)).toBe(1);
  expect(share(1, 0)).toBe(0);
  expect(share(1, Number.POSITIVE_INFINITY)).toBe(0);
});

test("double taps seek at the sides only", () => {
  expect([tapSide(50, 390), tapSide(195, 390), tapSide(350, 390)]).toEqual([-10, 0, 10]);
});

test("pieces of another place are told from those of this one, and from none", () => {
  const pieces = [{ start: 4, end: 12 }];
  expect(isElsewhere(pieces, 40)).toBe(true);
  expect(isElsewhere(pieces, 1)).toBe(true);
  expect(isElsewhere(pieces, 8)).toBe(false);
  expect(isElsewhere(pieces, 12.1)).toBe(false);
  expect(isElsewhere([], 40)).toBe(false);
});
