import { expect, test } from "vitest";
import { failedBox, faultOf, isGone, playerErrorOf } from "./faults";

const error = (code: number, category: number, data: unknown[] = []) => ({ code, category, severity: 2, data });

test("only a 410 means that the address ran out", () => {
  expect(isGone(error(1001, 1, ["http://a/1.m4s", 410]))).toBe(true);
  expect(isGone(error(1001, 1, ["http://a/1.m4s", 404]))).toBe(false);
  expect(isGone(error(1002, 1, ["http://a/1.m4s", 410]))).toBe(false);
  expect(isGone(null)).toBe(false);
});

test("what is thrown is read with care", () => {
  expect(playerErrorOf(new Error("no"))).toBeNull();
  expect(playerErrorOf(null)).toBeNull();
  expect(playerErrorOf({ code: 1003, severity: 1, category: 1 })?.data).toEqual([]);
});

test("each kind of fault has its own words", () => {
  expect(faultOf(error(1001, 1, ["u", 404])).reason).toContain("404");
  expect(faultOf(error(1003, 1)).title).toBe("The film stopped arriving");
  expect(faultOf(error(3016, 3)).title).toBe("This browser cannot show this film");
  expect(faultOf(null).title).toBe("The film could not be started");
});

test("a box is out of order when nothing comes of it, not when it says no", () => {
  expect(failedBox(error(1002, 1, ["http://a/1.m4s"]))).toBe("http://a/1.m4s");
  expect(failedBox(error(1003, 1, ["http://a/1.m4s"]))).toBe("http://a/1.m4s");
  expect(failedBox(error(1001, 1, ["http://a/1.m4s", 503]))).toBe("http://a/1.m4s");
  expect(failedBox(error(1001, 1, ["http://a/1.m4s", 410]))).toBeNull();
  expect(failedBox(error(1001, 1, ["http://a/1.m4s", 404]))).toBeNull();
  expect(failedBox(error(3016, 3))).toBeNull();
  expect(failedBox(null)).toBeNull();
});
