import { expect, test } from "vitest";
import { watchTraffic } from "./traffic";

test("a request under way is being busy now, one that ended was busy then, one that got lost is forgotten", () => {
  let now = 0;
  const traffic = watchTraffic(() => now);
  const [slow, lost] = [{}, {}];
  traffic.asked(slow);
  now = 15_000;
  expect(traffic.busyAt()).toBe(15_000);
  traffic.ended(slow);
  now = 20_000;
  expect(traffic.busyAt()).toBe(15_000);
  traffic.asked(lost);
  now = 50_000;
  expect(traffic.busyAt()).toBe(20_000);
});
