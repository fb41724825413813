import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { watchOver } from "./revival";

const BROKEN = { code: 3016, category: 3, severity: 2, data: [] };

class Screen extends EventTarget {
  currentTime = 42;
  error: MediaError | null = null;
  paused = true;
  readyState = 4;
  play = vi.fn(() => Promise.resolve());

  tell(event: string) {
    this.dispatchEvent(new Event(event));
  }
  breaks() {
    this.error = { code: 3 } as MediaError;
    this.readyState = 0;
    this.tell("error");
  }
}

let screen: Screen;
const reload = vi.fn(() => Promise.resolve());
const giveUp = vi.fn();

function watch() {
  const revival = watchOver(screen, { reload, giveUp }, () => Date.now());
  screen.paused = false;
  screen.tell("play");
  return revival;
}

beforeEach(() => {
  vi.useFakeTimers();
  vi.clearAllMocks();
  screen = new Screen();
});
afterEach(() => vi.useRealTimers());

test("a film that never comes back is loaded once at its place, then told in words", () => {
  watch();
  screen.breaks();
  screen.currentTime = 0;
  screen.tell("pause");
  vi.advanceTimersByTime(5_000);
  expect(reload).toHaveBeenCalledExactlyOnceWith(42, true);
  vi.advanceTimersByTime(20_000);
  expect(reload).toHaveBeenCalledOnce();
  expect(giveUp).toHaveBeenCalledExactlyOnceWith(null, 42);
  vi.advanceTimersByTime(600_000);
  expect(giveUp).toHaveBeenCalledOnce();
});

test("a film that plays again is left alone", () => {
  watch();
  screen.breaks();
  screen.tell("playing");
  vi.advanceTimersByTime(60_000);
  expect(reload).not.toHaveBeenCalled();
  expect(giveUp).not.toHaveBeenCalled();
});

test("a film that was mended but left paused goes on", () => {
  watch();
  screen.breaks();
  screen.error = null;
  screen.readyState = 4;
  screen.paused = true;
  screen.tell("canplay");
  expect(screen.play).toHaveBeenCalledOnce();
  vi.advanceTimersByTime(60_000);
  expect(screen.play).toHaveBeenCalledOnce();
  expect(reload).not.toHaveBeenCalled();
});

test("a film that the viewer had paused stays paused", () => {
  watch();
  screen.paused = true;
  screen.tell("pause");
  screen.breaks();
  screen.error = null;
  screen.readyState = 4;
  vi.advanceTimersByTime(5_000);
  expect(screen.play).not.toHaveBeenCalled();
});

test("what the player itself gives up on is loaded at once, and told when it falls again", () => {
  const revival = watch();
  revival.fell(BROKEN);
  expect(reload).toHaveBeenCalledExactlyOnceWith(42, true);
  revival.fell(BROKEN);
  expect(giveUp).toHaveBeenCalledExactlyOnceWith(BROKEN, 42);
});

test("after a minute of playing there is help again", () => {
  const revival = watch();
  revival.fell(BROKEN);
  screen.tell("playing");
  vi.advanceTimersByTime(61_000);
  screen.currentTime = 103;
  revival.fell(BROKEN);
  expect(reload).toHaveBeenLastCalledWith(103, true);
  expect(giveUp).not.toHaveBeenCalled();
});

test("a closed watch does nothing more", () => {
  const revival = watch();
  screen.breaks();
  revival.close();
  vi.advanceTimersByTime(60_000);
  expect(reload).not.toHaveBeenCalled();
});
