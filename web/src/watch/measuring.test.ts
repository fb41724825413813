import { expect, test } from "vitest";
import { Measuring, phaseAfter, type Sight } from "./measuring";

const plays: Sight = { paused: false, ended: false, supplied: true, seeking: false };
const dry: Sight = { ...plays, supplied: false };
const rests: Sight = { ...plays, paused: true };
const seeks: Sight = { ...dry, seeking: true };

test.each([
  ["joining", dry, "joining"],
  ["joining", rests, "joining"],
  ["joining", plays, "playing"],
  ["playing", dry, "stalled"],
  ["playing", rests, "resting"],
  ["playing", seeks, "seeking"],
  ["seeking", dry, "seeking"],
  ["seeking", plays, "playing"],
  ["seeking", rests, "resting"],
  ["stalled", plays, "playing"],
  ["stalled", seeks, "seeking"],
  ["resting", plays, "playing"],
  ["playing", { ...rests, ended: true }, "resting"],
] as const)("%s, then %o: %s", (before, sight, after) => {
  expect(phaseAfter(before, sight)).toBe(after);
});

/** A view told in strokes: what it looks like, and after how many milliseconds that is seen. */
function viewed(...strokes: [Sight, number][]): Measuring {
  const measuring = new Measuring(0);
  let at = 0;
  for (const [sight, ms] of strokes) measuring.look(sight, (at += ms));
  return measuring;
}

test("join time is from the tap to the first picture", () => {
  expect(viewed([dry, 400], [rests, 300], [plays, 112]).joinMs).toBe(812);
});

test("what is played, and what stands for want of data, add up; seeks and pauses count for neither", () => {
  const { playingMs, stalledMs, stalls } = viewed(
    [plays, 1_000],
    [plays, 4_000],
    [dry, 500],
    [plays, 2_000],
    [seeks, 1_000],
    [dry, 700],
    [plays, 900],
    [rests, 3_000],
    [plays, 60_000],
    [plays, 250],
  );
  expect({ playingMs, stalledMs, stalls }).toEqual({ playingMs: 8_750, stalledMs: 2_000, stalls: 1 });
});

test("a stall that ends says how long it was; one that nobody sees is none", () => {
  const measuring = viewed([plays, 1_000], [dry, 1_000]);
  expect(measuring.look(plays, 2_700)).toBe(700);
  measuring.look(dry, 3_000);
  expect(measuring.look(plays, 3_050)).toBe(0);
  expect([measuring.stalls, measuring.playingMs, measuring.stalledMs]).toEqual([1, 1_350, 700]);
});

test("a machine that slept played nothing meanwhile", () => {
  expect(viewed([plays, 1_000], [plays, 8 * 3_600_000]).playingMs).toBe(5_000);
});

test("each height has its time, its bits and its changes", () => {
  const measuring = new Measuring(0);
  measuring.rung(360, 1_000_000);
  measuring.look(plays, 100);
  measuring.look(plays, 2_100);
  expect(measuring.rung(720, 3_000_000)).toBe(360);
  measuring.look(plays, 3_100);
  const { rungs, bits, switches } = measuring.sums(3_100, 0, "a");
  expect(rungs).toEqual([
    { height: 360, playingMs: 2_000 },
    { height: 720, playingMs: 1_000 },
  ]);
  expect({ bits, switches }).toEqual({ bits: 5_000_000, switches: 1 });
});
