import { expect, test } from "vitest";
import { bePatient } from "./patience";

test("while the film plays on from what it has, nobody gives up", () => {
  let now = 0;
  const patience = bePatient({ readyState: 4 }, () => now);
  for (; now < 120_000; now += 10_000) expect(patience.lasts()).toBe(true);
});

test("a film that stands still for twenty seconds is given up, and another trouble starts afresh", () => {
  let now = 0;
  const patience = bePatient({ readyState: 2 }, () => now);
  expect(patience.lasts()).toBe(true);
  now = 12_000;
  expect(patience.lasts()).toBe(true);
  now = 20_000;
  expect(patience.lasts()).toBe(false);
  now = 90_000;
  expect(patience.lasts()).toBe(true);
});
