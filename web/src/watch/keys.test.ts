import { expect, test } from "vitest";
import { actOf } from "./keys";

const plain = { ctrlKey: false, metaKey: false, altKey: false };

test("the keys people know", () => {
  expect(actOf({ ...plain, key: " " })).toEqual({ kind: "toggle" });
  expect(actOf({ ...plain, key: "K" })).toEqual({ kind: "toggle" });
  expect(actOf({ ...plain, key: "j" })).toEqual({ kind: "seek-by", by: -10 });
  expect(actOf({ ...plain, key: "ArrowRight" })).toEqual({ kind: "seek-by", by: 10 });
  expect(actOf({ ...plain, key: "Escape" })).toEqual({ kind: "back" });
});

test("the browser's own shortcuts stay the browser's", () => {
  expect(actOf({ ...plain, ctrlKey: true, key: "f" })).toBeNull();
  expect(actOf({ ...plain, metaKey: true, key: "l" })).toBeNull();
  expect(actOf({ ...plain, altKey: true, key: "ArrowLeft" })).toBeNull();
  expect(actOf({ ...plain, key: "Tab" })).toBeNull();
});
