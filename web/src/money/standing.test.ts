import { expect, test } from "vitest";
import { inMoney } from "./money";
import { bannerOf, costInWords, standingInWords, type Standing } from "./standing";

const NOW = Date.parse("2026-11-21T12:00:00Z");
const SOON = "2026-12-05T12:00:00Z";
const euros = (minor: number) => ({ minor, currency: "EUR" });
const plan = (name: string, minor: number) => ({
  id: name,
  name,
  height: 1080,
  screens: 2,
  yearly: false,
  trialDays: 0,
  price: euros(minor),
});
const PAID: Standing = {
  billing: true,
  state: "ACTIVE",
  plays: true,
  note: "",
  closed: false,
  plan: plan("Standard", 999),
  nextPlan: null,
  price: euros(999),
  periodUntil: SOON,
  nextCharge: euros(999),
  nextChargeAt: SOON,
  trialUntil: null,
  graceUntil: null,
  retryAt: null,
  pausedUntil: null,
  problem: null,
};
const told = (change: Partial<Standing>) => standingInWords({ ...PAID, ...change }, NOW).join(" ");
const banner = (change: Partial<Standing>) => bannerOf({ ...PAID, ...change }, NOW);

test("whoever pays reads when and how much next", () => {
  expect(told({})).toBe(`Next payment: ${inMoney(euros(999))} on 5 Dec.`);
  expect(costInWords(PAID)).toBe(`${inMoney(euros(999))} a month`);
});

test("a trial says until when it is free and what follows", () => {
  expect(told({ state: "TRIALING", trialUntil: SOON })).toBe(
    `Free until 5 Dec. Next payment: ${inMoney(euros(999))} on 5 Dec.`,
  );
});

test("a cheaper plan to come is told with its day and price", () => {
  expect(told({ nextPlan: plan("Small", 499), nextCharge: euros(499) })).toContain(
    `From 5 Dec: Small, ${inMoney(euros(499))} a month.`,
  );
});

test("a failed payment says why, until when one can watch on, and when it is tried again", () => {
  const change = { state: "PAST_DUE", problem: "The card was declined.", graceUntil: SOON, retryAt: SOON } as const;
  expect(told(change)).toBe(
    "The last payment did not go through. The card was declined. You can watch on until 5 Dec. We try again on 5 Dec.",
  );
  expect(banner(change)).toEqual({
    text: "Your last payment did not go through. You can watch on until 5 Dec.",
    act: "Mend it",
    to: "/account",
    isWrong: true,
  });
});

test.each([
  ["UNPAID", "Mend it", "/account"],
  ["ENDED", "Come back", "/account"],
  ["PAUSED", "Watch again", "/account"],
  ["NONE", "See the plans", "/join"],
  ["PENDING", "Go on", "/join"],
] as const)("when nothing plays (%s) every page has the way out: %s", (state, act, to) => {
  expect(banner({ state, plays: false, pausedUntil: SOON })).toMatchObject({ act, to });
});

test.each(["ACTIVE", "TRIALING", "PAUSING", "CANCELLING"] as const)("while all plays (%s) no page says a word", (state) => {
  expect(banner({ state })).toBeNull();
});

test("an operator without a plan plays all the same, and a house that takes no money asks nobody", () => {
  expect(banner({ state: "NONE", plays: true, plan: null })).toBeNull();
  expect(banner({ state: "NONE", plays: false, billing: false })).toBeNull();
});

test("an account that the house has closed says so, whatever its plan", () => {
  expect(told({ closed: true, plays: false, note: "Shared with the whole street." })).toBe(
    "The house has closed this account. Whoever runs it can open it again. Shared with the whole street.",
  );
  expect(banner({ closed: true, plays: false })?.to).toBe("/account");
});
