import { expect, test } from "vitest";
import { pictureInWords, planInWords, priceInWords, screensInWords, trialInWords } from "./plan-words";

test.each([
  [480, "Up to 480p"],
  [720, "Up to HD (720p)"],
  [1080, "Up to full HD (1080p)"],
  [2160, "Up to 4K (2160p)"],
  [0, "The best picture there is"],
])("%ip reads %s", (height, words) => {
  expect(pictureInWords(height)).toBe(words);
});

test("a plan's screens, trial and price are said in words", () => {
  expect([screensInWords(1), screensInWords(2), screensInWords(20)]).toEqual([
    "One screen at once",
    "Two screens at once",
    "20 screens at once",
  ]);
  expect([trialInWords(14), trialInWords(1), trialInWords(0)]).toEqual(["Try 14 days free", "Try one day free", null]);
  expect(priceInWords({ price: { minor: 999, currency: "EUR" }, yearly: false }, "en-GB")).toBe("€9.99 a month");
  expect(priceInWords({ price: { minor: 9990, currency: "EUR" }, yearly: true }, "en-GB")).toBe("€99.90 a year");
});

test("a plan is told in one line", () => {
  const plan = { price: { minor: 1799, currency: "EUR" }, yearly: false, height: 2160, screens: 4 };
  expect(planInWords(plan, "en-GB")).toBe("€17.99 a month · up to 4K (2160p) · four screens at once");
});
