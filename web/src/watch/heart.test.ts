import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startHeart } from "./heart";

class Screen extends EventTarget {
  paused = true;
  turn(paused: boolean) {
    this.paused = paused;
    this.dispatchEvent(new Event(paused ? "pause" : "play"));
  }
}

const EVERY_MS = 15_000;
let screen: Screen;
let answer: () => void;
const beat = vi.fn(() => new Promise<void>((resolve) => (answer = resolve)));
const start = () => startHeart(screen, EVERY_MS, beat, () => Date.now());
async function pass(ms: number) {
  for (let gone = 0; gone < ms; gone += EVERY_MS) {
    await vi.advanceTimersByTimeAsync(Math.min(EVERY_MS, ms - gone));
    answer();
  }
}

beforeEach(() => {
  vi.useFakeTimers();
  beat.mockClear();
  answer = () => undefined;
  screen = new Screen();
});
afterEach(() => vi.useRealTimers());

test("a film that plays beats again and again", async () => {
  start();
  screen.turn(false);
  answer();
  await pass(45_000);
  expect(beat).toHaveBeenCalledTimes(4);
});

test("a pause and going on are told at once", async () => {
  start();
  screen.turn(false);
  answer();
  await pass(1);
  screen.turn(true);
  answer();
  expect(beat).toHaveBeenCalledTimes(2);
});

test("a long pause falls silent and going on is heard", async () => {
  start();
  await pass(20 * 60_000);
  const before = beat.mock.calls.length;
  expect(before).toBeLessThan(41);
  await pass(10 * 60_000);
  expect(beat).toHaveBeenCalledTimes(before);
  screen.turn(false);
  expect(beat).toHaveBeenCalledTimes(before + 1);
});

test("a beat that hangs is not followed by others", async () => {
  start();
  screen.turn(false);
  await vi.advanceTimersByTimeAsync(10 * EVERY_MS);
  expect(beat).toHaveBeenCalledOnce();
});

test("a stopped heart is still", async () => {
  start().stop();
  screen.turn(false);
  await pass(60_000);
  expect(beat).not.toHaveBeenCalled();
});
