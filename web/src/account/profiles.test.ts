import { expect, test } from "vitest";
import { freeAvatar, limitsFor, withKids } from "./profiles";

const LIMITS = [0, 6, 12, 16, 18].map((years) => ({ years, label: `FSK ${years}` }));
const grown = { name: "Asha", avatar: "sun", kids: false, maturityLimit: 18 };

test("a kids' profile has a child's limit, and a grown-up one none", () => {
  expect(withKids(grown, true).maturityLimit).toBe(7);
  expect(withKids({ ...grown, maturityLimit: 9 }, true).maturityLimit).toBe(9);
  expect(withKids({ ...grown, kids: true, maturityLimit: 7 }, false).maturityLimit).toBe(18);
});

test("a kids' profile is offered no limit above twelve; one set elsewhere stays on offer", () => {
  const years = (maturityLimit: number, kids: boolean) => limitsFor({ ...grown, kids, maturityLimit }, LIMITS).map((limit) => limit.years);
  expect(years(7, true)).toEqual([0, 6, 7, 12]);
  expect(years(13, false)).toEqual([0, 6, 12, 13, 16, 18]);
});

test("a limit is named as the country's board names it", () => {
  const words = (limits: readonly { years: number; label: string }[]) => limitsFor(grown, limits).map((limit) => limit.words);
  expect(words(LIMITS)).toEqual(["Up to FSK 0", "Up to FSK 6", "Up to FSK 12", "Up to FSK 16", "Everything"]);
  expect(words([{ years: 0, label: "U" }, { years: 18, label: "A" }])).toEqual(["Up to U (0)", "Everything"]);
});

test("a new profile wears what nobody here wears yet", () => {
  expect(freeAvatar(["sun", "moon", "wave"], ["sun", "wave"])).toBe("moon");
  expect(freeAvatar(["sun"], ["sun"])).toBe("sun");
  expect(freeAvatar([], [])).toBe("sun");
});
