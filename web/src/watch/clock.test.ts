import { expect, test } from "vitest";
import { clock, spoken } from "./clock";

test.each([
  [0, "0:00"],
  [7.9, "0:07"],
  [725, "12:05"],
  [3599.99, "59:59"],
  [3729, "1:02:09"],
  [Number.NaN, "0:00"],
  [Number.POSITIVE_INFINITY, "0:00"],
  [-3, "0:00"],
])("%f seconds read %s", (seconds, text) => {
  expect(clock(seconds)).toBe(text);
});

test("spoken time names only what there is", () => {
  expect(spoken(0)).toBe("0 seconds");
  expect(spoken(61)).toBe("1 minute 1 second");
  expect(spoken(3600)).toBe("1 hour");
  expect(spoken(3729.4)).toBe("1 hour 2 minutes 9 seconds");
});
