import { expect, test } from "vitest";
import { freeAvatar, limitsFor, withKids } from "./profiles";

const grown = { name: "Asha", avatar: "sun", kids: false, maturityLimit: 18 };

test("a kids' profile has a child's limit, and a grown-up one none", () => {
  expect(withKids(grown, true).maturityLimit).toBe(7);
  expect(withKids({ ...grown, maturityLimit: 9 }, true).maturityLimit).toBe(9);
  expect(withKids({ ...grown, kids: true, maturityLimit: 7 }, false).maturityLimit).toBe(18);
});

test("a kids' profile is offered no limit above twelve; one set elsewhere stays on offer", () => {
  const years = (maturityLimit: number, kids: boolean) => limitsFor({ ...grown, kids, maturityLimit }).map((limit) => limit.years);
  expect(years(7, true)).toEqual([0, 6, 7, 9, 12]);
  expect(years(13, false)).toEqual([0, 6, 7, 9, 12, 13, 16, 18]);
});

test("a new profile wears what nobody here wears yet", () => {
  expect(freeAvatar(["sun", "moon", "wave"], ["sun", "wave"])).toBe("moon");
  expect(freeAvatar(["sun"], ["sun"])).toBe("sun");
  expect(freeAvatar([], [])).toBe("sun");
});
