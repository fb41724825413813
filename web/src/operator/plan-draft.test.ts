import { expect, test } from "vitest";
import { draftOf, wishOf, wrongsIn } from "./plan-draft";

const STANDARD = {
  id: "standard",
  name: "Standard",
  height: 1080,
  screens: 2,
  yearly: false,
  trialDays: 14,
  onSale: true,
  prices: [
    { minor: 999, currency: "EUR" },
    { minor: 19900, currency: "INR" },
  ],
};

test("a plan that is opened and saved unchanged stays as it is", () => {
  const draft = draftOf(STANDARD, ["EUR", "INR", "USD"]);
  expect(wrongsIn(draft)).toEqual({});
  expect(wishOf("standard", draft)).toEqual(STANDARD);
});

test("each field says what is wrong in it", () => {
  const draft = { ...draftOf(STANDARD, ["EUR", "INR"]), name: " ", screens: "0", trialDays: "-1", prices: { EUR: "9.999", INR: "" } };
  expect(Object.keys(wrongsIn(draft)).sort()).toEqual(["EUR", "name", "screens", "trialDays"]);
});

test("a plan nobody could pay is not saved", () => {
  expect(wrongsIn({ ...draftOf(STANDARD, ["EUR"]), prices: { EUR: "" } })).toEqual({ EUR: "At least one price." });
});
