import { expect, test } from "vitest";
import { actOf, HELP } from "./keys";

const plain = { ctrlKey: false, metaKey: false, altKey: false };

test("the keys people know", () => {
  expect(actOf({ ...plain, key: " " })).toEqual({ kind: "toggle" });
  expect(actOf({ ...plain, key: "K" })).toEqual({ kind: "toggle" });
  expect(actOf({ ...plain, key: "j" })).toEqual({ kind: "seek-by", by: -10 });
  expect(actOf({ ...plain, key: "ArrowRight" })).toEqual({ kind: "seek-by", by: 10 });
  expect(actOf({ ...plain, key: "Escape" })).toEqual({ kind: "back" });
  expect(actOf({ ...plain, key: ">" })).toEqual({ kind: "speed-by", by: 1 });
});

test("a digit leads to its tenth of the film", () => {
  expect(actOf({ ...plain, key: "0" })).toEqual({ kind: "seek-to", share: 0 });
  expect(actOf({ ...plain, key: "7" })).toEqual({ kind: "seek-to", share: 0.7 });
});

test("the browser's own shortcuts stay the browser's", () => {
  expect(actOf({ ...plain, ctrlKey: true, key: "f" })).toBeNull();
  expect(actOf({ ...plain, metaKey: true, key: "l" })).toBeNull();
  expect(actOf({ ...plain, altKey: true, key: "ArrowLeft" })).toBeNull();
  expect(actOf({ ...plain, key: "Tab" })).toBeNull();
});

test("every key on the help card does something", () => {
  const pressed: Readonly<Record<string, string>> = {
    Space: " ",
    Esc: "Escape",
    "←": "ArrowLeft",
    "→": "ArrowRight",
    "↑": "ArrowUp",
    "↓": "ArrowDown",
  };
  const keys = HELP.flatMap(([keys]) => keys).filter((key) => key !== "…");
  expect(keys.filter((key) => actOf({ ...plain, key: pressed[key] ?? key }) === null)).toEqual([]);
});
