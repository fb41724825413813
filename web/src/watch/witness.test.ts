import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { Class, Facts, LedgerFact, TelemetryFact } from "../tell/facts";
import { attested } from "./attested";
import { NO_TRACKS } from "./tracks";

class Video extends EventTarget {
  paused = true;
  ended = false;
  seeking = false;
  readyState = 0;
  currentTime = 0;
  duration = 600;
  set(change: Partial<Pick<Video, "paused" | "ended" | "seeking" | "readyState" | "currentTime">>, event: string) {
    Object.assign(this, change);
    this.dispatchEvent(new Event(event));
  }
  /** Plays on for so long. */
  async play(ms: number) {
    for (let gone = 0; gone < ms; gone += 500) {
      this.currentTime += 0.5;
      await vi.advanceTimersByTimeAsync(500);
    }
  }
}

let video: Video;
let ledger: LedgerFact[];
let telemetry: TelemetryFact[];
let atOnce: number;
let film: ReturnType<typeof attested>;
const watched = () => ledger.flatMap((fact) => ("watched" in fact ? [fact.watched] : []));
const told = <K extends string>(name: K) => telemetry.flatMap((fact) => (name in fact ? [(fact as unknown as Record<K, unknown>)[name]] : []));
const total = () => watched().reduce((sum, { watchedMs }) => sum + watchedMs, 0);

beforeEach(async () => {
  vi.useFakeTimers();
  [video, ledger, telemetry, atOnce] = [new Video(), [], [], 0];
  const hear = <C extends Class>(which: C, fact: Facts[C], now = false) => {
    if (which === "ledger") ledger.push(fact as LedgerFact);
    else telemetry.push(fact as TelemetryFact);
    if (now) atOnce += 1;
  };
  film = attested(video as unknown as HTMLVideoElement, { title: "film" }, () => ({ rowId: "new", row: 1, place: 2 }), hear, () => undefined);
  await vi.advanceTimersByTimeAsync(400);
});
afterEach(() => {
  film.close();
  vi.useRealTimers();
});

async function begin() {
  film.tell({ view: "view-1", box: "a", tracks: { ...NO_TRACKS, shown: { height: 720, bitsPerSecond: 3_000_000 } } });
  await vi.advanceTimersByTimeAsync(600);
  video.set({ paused: false, readyState: 4 }, "playing");
}

test("a press of Play, its row and the first picture are told of the view that came of it", async () => {
  await begin();
  expect(telemetry.slice(0, 2)).toEqual([
    { view: "view-1", title: "film", playAsked: { rowId: "new", row: 1, place: 2 } },
    { view: "view-1", title: "film", playBegan: { joinMs: 1_000, height: 720, bitrateBps: 3_000_000, boxId: "a" } },
  ]);
});

test("every ten seconds it is told how far the film came and how it plays; nothing is counted twice", async () => {
  await begin();
  await video.play(35_000);
  expect(watched().map(({ watchedMs }) => watchedMs)).toEqual([10_000, 10_000, 10_000]);
  expect(told("measured")).toHaveLength(3);
  film.close();
  expect(total()).toBe(35_000);
  expect(watched().at(-1)).toMatchObject({ positionMs: 35_000, runtimeMs: 600_000, over: true, finished: false });
  expect(told("measured").at(-1)).toMatchObject({ playingMs: 35_000, joinMs: 1_000, bits: 105_000_000, boxId: "a" });
  expect(told("left")).toEqual([{ beforeStart: false, waitedMs: 0 }]);
});

test("a pause is told at once, and rest is no watching", async () => {
  await begin();
  await video.play(4_000);
  const before = atOnce;
  video.set({ paused: true }, "pause");
  expect(atOnce).toBe(before + 1);
  expect(watched()).toMatchObject([{ watchedMs: 4_000, positionMs: 4_000 }]);
  await vi.advanceTimersByTimeAsync(60_000);
  video.set({ paused: false }, "play");
  expect(told("paused")).toEqual([
    { positionMs: 4_000, resumed: false },
    { positionMs: 4_000, resumed: true },
  ]);
  film.close();
  expect(total()).toBe(4_000);
});

test("a seek says from where and where to, and what stands for it is no stall", async () => {
  await begin();
  await video.play(4_000);
  video.set({ seeking: true, readyState: 1, currentTime: 300 }, "seeking");
  await vi.advanceTimersByTimeAsync(2_000);
  video.set({ seeking: false }, "seeked");
  await vi.advanceTimersByTimeAsync(1_000);
  video.set({ readyState: 4 }, "canplay");
  expect(told("sought")).toEqual([{ fromMs: 4_000, toMs: 300_000 }]);
  expect(watched()).toMatchObject([{ positionMs: 4_000, watchedMs: 4_000 }]);
  film.close();
  expect(told("stalled")).toEqual([]);
});

test("a picture that stands for want of data is a stall of its length, by the box that served", async () => {
  await begin();
  await video.play(4_000);
  film.tell({ box: "b" });
  video.set({ readyState: 2 }, "waiting");
  await vi.advanceTimersByTimeAsync(3_000);
  video.set({ readyState: 4 }, "playing");
  expect(told("stalled")).toEqual([{ stalledMs: 3_000, positionMs: 4_000, boxId: "b" }]);
});

test("the credits are told at once", async () => {
  await begin();
  await video.play(1_000);
  video.set({ seeking: true, currentTime: 565 }, "seeking");
  video.set({ seeking: false }, "seeked");
  await video.play(4_500);
  expect(watched().some(({ finished }) => finished)).toBe(false);
  const before = atOnce;
  await video.play(1_500);
  expect(watched().at(-1)).toMatchObject({ finished: true, over: false });
  expect(atOnce).toBe(before + 1);
});

test("who leaves before the first picture is told as that, and watched nothing", async () => {
  film.tell({ view: "view-1" });
  await vi.advanceTimersByTimeAsync(5_600);
  film.close();
  expect(told("left")).toEqual([{ beforeStart: true, waitedMs: 6_000 }]);
  expect(ledger).toEqual([]);
});

test("a better edition is another view: the one before is over", async () => {
  await begin();
  await video.play(6_000);
  film.tell({ view: "view-2" });
  expect(watched()).toMatchObject([{ watchedMs: 6_000, over: true }]);
  video.set({}, "playing");
  await video.play(2_000);
  film.close();
  expect(ledger.map(({ view }) => view)).toEqual(["view-1", "view-2"]);
  expect(total()).toBe(8_000);
});

test("faults are told by their codes, the last as fatal", async () => {
  await begin();
  film.tell({ failure: "shaka 1002" });
  film.tell({ failure: "shaka 3016" });
  film.tell({ fault: { title: "", reason: "", again: true } });
  expect(told("failed")).toEqual([
    { code: "shaka 1002", fatal: false, boxId: "a" },
    { code: "shaka 3016", fatal: false, boxId: "a" },
    { code: "shaka 3016", fatal: true, boxId: "a" },
  ]);
});

test("a change of rung says from what to what, and by whose hand", async () => {
  await begin();
  const shown = { height: 1080, bitsPerSecond: 6_000_000 };
  film.tell({ tracks: { ...NO_TRACKS, shown, wanted: 1080 } });
  film.tell({ tracks: { ...NO_TRACKS, shown, wanted: 1080 } });
  expect(told("rungChanged")).toEqual([{ fromHeight: 720, toHeight: 1080, bitrateBps: 6_000_000, byHand: true }]);
});
