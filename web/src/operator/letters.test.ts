import { expect, test } from "vitest";
import { canGoAgain, kindInWords, STATES, type LetterState } from "./letters";

test("a kind of letter is said in words", () => {
  expect(kindInWords("payment_failed")).toBe("Payment failed");
});

test("only what is in doubt or was refused can be sent by hand", () => {
  expect((Object.keys(STATES) as LetterState[]).filter(canGoAgain)).toEqual(["REFUSED", "IN_DOUBT"]);
});
