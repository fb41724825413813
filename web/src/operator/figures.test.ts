import { expect, test } from "vitest";
import { agoInWords, inBits, inBytes, inPercent, inSpeed, ofCapacity, rungInWords, spanInWords, spanOfMs } from "./figures";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1_000, "1.0 kB"],
  [41_400_000_000, "41 GB"],
  [999_600, "1.0 MB"],
  [-5, "0 B"],
])("%i bytes read %s", (bytes, words) => {
  expect(inBytes(bytes)).toBe(words);
});

test("the unit of a full box is said once, where both amounts share it", () => {
  expect(ofCapacity(9e9, 60e9)).toBe("9.0 of 60 GB");
  expect(ofCapacity(2e6, 60e9)).toBe("2.0 MB of 60 GB");
});

test("rates and shares have their units", () => {
  expect([inBits(184e6), inPercent(0.9871), inSpeed(2.43), inSpeed(31.2)]).toEqual(["184 Mb/s", "98.7 %", "2.4×", "31×"]);
});

test.each([
  [0, "0 s"],
  [89, "89 s"],
  [180, "3 min"],
  [7_300, "2 h"],
  [400_000, "5 days"],
])("%i seconds are %s", (seconds, words) => {
  expect(spanInWords(seconds)).toBe(words);
});

test.each([
  [0, "0 ms"],
  [820.4, "820 ms"],
  [2_440, "2.4 s"],
  [180_000, "3 min"],
])("%d ms are %s", (ms, words) => {
  expect(spanOfMs(ms)).toBe(words);
});

test("a rung is named by its height, and by its rate, for two may be as high", () => {
  expect([rungInWords("v432-730k"), rungInWords("stereo")]).toEqual(["432p 730k", "stereo"]);
});

test("a clock that runs ahead makes no future", () => {
  expect(agoInWords("2026-11-21T10:00:05Z", Date.parse("2026-11-21T10:00:00Z"))).toBe("0 s ago");
});
