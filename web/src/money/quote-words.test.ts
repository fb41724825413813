import { expect, test } from "vitest";
import { inMoney } from "./money";
import { quoteInWords, taxInWords } from "./quote-words";

const NOW = Date.parse("2026-12-21T12:00:00Z");
const euros = (minor: number) => ({ minor, currency: "EUR" });
const QUOTE = {
  now: euros(451),
  then: euros(1799),
  thenAt: "2027-01-12T12:00:00Z",
  trialUntil: null,
  atPeriodEnd: false,
  plan: { yearly: false },
};

test("a dearer plan costs the rest of the period today", () => {
  expect(quoteInWords(QUOTE, NOW)).toBe(`Today ${inMoney(euros(451))}, then ${inMoney(euros(1799))} a month from 12 Jan 2027.`);
});

test("a cheaper plan costs nothing until its day", () => {
  const quote = { ...QUOTE, now: euros(0), then: euros(499), atPeriodEnd: true };
  expect(quoteInWords(quote, NOW)).toBe(`Nothing today. From 12 Jan 2027 it is ${inMoney(euros(499))} a month.`);
});

test("a trial is free until it ends", () => {
  const quote = { ...QUOTE, now: euros(0), trialUntil: "2027-01-12T12:00:00Z", plan: { yearly: true } };
  expect(quoteInWords(quote, NOW)).toBe(`Free until 12 Jan 2027, then ${inMoney(euros(1799))} a year.`);
});

test("tax is told where there is some, and nowhere else", () => {
  expect(taxInWords({ tax: euros(72), taxPercent: 19 })).toBe(`of which 19 % tax, ${inMoney(euros(72))}`);
  expect(taxInWords({ tax: euros(0), taxPercent: 0 })).toBeNull();
});
