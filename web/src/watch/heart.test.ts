import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { startHeart } from "./heart";

class Screen extends EventTarget {
  paused = true;
  currentTime = 0;
  duration = 600;
  at(seconds: number, event: string) {
    this.currentTime = seconds;
    this.dispatchEvent(new Event(event));
  }
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

test("that the opening is over is told at once, and once", async () => {
  start();
  for (const seconds of [0, 14.9, 15.1, 15.4]) {
    screen.at(seconds, "timeupdate");
    answer();
    await vi.advanceTimersByTimeAsync(0);
  }
  expect(beat).toHaveBeenCalledOnce();
});

test("of a drag along the bar the place is told where it ends", async () => {
  start();
  for (const seconds of [100, 200, 300]) {
    screen.at(seconds, "seeked");
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(beat).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(200);
  expect(beat).toHaveBeenCalledOnce();
});

test("news that come while a beat is under way are told after it", async () => {
  start();
  screen.turn(false);
  screen.turn(true);
  screen.turn(false);
  expect(beat).toHaveBeenCalledOnce();
  answer();
  await vi.advanceTimersByTimeAsync(0);
  expect(beat).toHaveBeenCalledTimes(2);
  answer();
  await vi.advanceTimersByTimeAsync(0);
  expect(beat).toHaveBeenCalledTimes(2);
});

test("a stopped heart is still", async () => {
  const heart = start();
  screen.at(300, "seeked");
  heart.stop();
  screen.turn(false);
  await pass(60_000);
  expect(beat).not.toHaveBeenCalled();
});
