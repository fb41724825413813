import { expect, test } from "vitest";
import { inMoney } from "../money/money";
import { offInWords, usesInWords } from "./coupon-words";

test("a coupon says what it takes off and for how long", () => {
  expect(offInWords({ percent: 20, amount: null, periods: 3 })).toBe("20 % off, for three periods");
  expect(offInWords({ percent: 100, amount: null, periods: 1 })).toBe("100 % off, once");
  const amount = { minor: 200, currency: "GBP" };
  expect(offInWords({ percent: null, amount, periods: 0 })).toBe(`${inMoney(amount)} off, for good`);
});

test("its use is told against its limit, if it has one", () => {
  expect([usesInWords({ uses: 12, mostUses: 100 }), usesInWords({ uses: 3, mostUses: 0 })]).toEqual(["12 of 100", "3"]);
});
