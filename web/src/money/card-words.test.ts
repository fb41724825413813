import { expect, test } from "vitest";
import { cardInWords, expiryInWords } from "./card-words";

test("a card is told by its brand, its last four and its last month", () => {
  expect(cardInWords({ brand: "visa", last4: "4242" })).toBe("Visa ending in 4242");
  expect(cardInWords({ brand: "newbrand", last4: "0005" })).toBe("A card ending in 0005");
  expect(expiryInWords({ month: 4, year: 2028 })).toBe("good until 04/28");
});
