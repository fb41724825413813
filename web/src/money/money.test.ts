import { expect, test } from "vitest";
import { inMoney, minorOf, typedOf } from "./money";

const plain = (text: string) => text.replaceAll(/[\u00a0\u202f]/g, " ");

test.each([
  [1799, "EUR", "en-GB", "€17.99"],
  [1799, "EUR", "de-DE", "17,99 €"],
  [1800, "JPY", "en-US", "¥1,800"],
  [-451, "USD", "en-US", "-$4.51"],
  [0, "GBP", "en-GB", "£0.00"],
  [1500, "KWD", "en-US", "KWD 1.500"],
])("%i of %s reads %s: %s", (minor, currency, locale, words) => {
  expect(plain(inMoney({ minor, currency }, locale))).toBe(words);
});

test.each([
  ["17.99", "EUR", 1799],
  [" 17,9 ", "EUR", 1790],
  ["8", "USD", 800],
  ["1800", "JPY", 1800],
  ["18.5", "JPY", null],
  ["1.999", "EUR", null],
  ["-3", "EUR", null],
  ["1e3", "EUR", null],
  ["", "EUR", null],
  ["ten", "EUR", null],
])("typed %s in %s is %s", (typed, currency, minor) => {
  expect(minorOf(typed, currency)).toBe(minor);
});

test("what stands in a field is read back as it was", () => {
  for (const currency of ["EUR", "JPY", "KWD"])
    for (const minor of [0, 5, 999, 1799, 123_456_789]) expect(minorOf(typedOf({ minor, currency }), currency)).toBe(minor);
});
