import { expect, test } from "vitest";
import { batchOf, isEmpty, nothingOf, understood, withFact, without, type Kept } from "./kept";
import type { LedgerFact } from "./facts";

const watched: LedgerFact = {
  view: "v",
  title: "t",
  watched: { positionMs: 1, runtimeMs: 2, watchedMs: 1, finished: false, over: false },
};
const filled = (ledger: number, telemetry: number): Kept => {
  let kept = nothingOf("ann", 0);
  for (let count = 0; count < ledger; count += 1) kept = withFact(kept, "ledger", watched, count);
  for (let count = 0; count < telemetry; count += 1) kept = withFact(kept, "telemetry", { left: { beforeStart: true, waitedMs: 1 } }, count);
  return kept;
};
const read = (body: string) => JSON.parse(body) as { ledger: { seq: number }[]; telemetry: { seq: number }[]; producer: string };
const numbers = (facts: readonly { seq: number }[]) => facts.map(({ seq }) => seq);

test("facts are numbered by their class, from one", () => {
  const { body, last } = batchOf(filled(3, 2), { producer: "p" });
  const batch = read(body);
  expect([numbers(batch.ledger), numbers(batch.telemetry), batch.producer]).toEqual([[1, 2, 3], [1, 2], "p"]);
  expect(last).toEqual({ ledger: 3, telemetry: 2 });
});

test("what was taken goes, and numbers go on", () => {
  const left = without(filled(3, 2), { ledger: 2, telemetry: 2 });
  expect([numbers(left.ledger), numbers(left.telemetry)]).toEqual([[3], []]);
  expect(numbers(withFact(left, "telemetry", { left: { beforeStart: false, waitedMs: 0 } }, 9).telemetry)).toEqual([3]);
  expect(isEmpty(without(left, { ledger: 3, telemetry: 0 }))).toBe(true);
});

test("a long time offline keeps every fact of the ledger and the newest telemetry", () => {
  const kept = filled(1200, 1200);
  expect(kept.ledger).toHaveLength(1200);
  expect(numbers(kept.telemetry)).toEqual(Array.from({ length: 500 }, (_, index) => 701 + index));
});

test("a batch fits through the door, the ledger first and without a gap", () => {
  const { body, last } = batchOf(filled(1200, 50), { producer: "p" });
  expect(new TextEncoder().encode(body).length).toBeLessThanOrEqual(60_000);
  const batch = read(body);
  expect(numbers(batch.ledger)).toEqual(Array.from({ length: last.ledger }, (_, index) => index + 1));
  expect(last.ledger).toBeGreaterThan(300);
});

test("one fact alone is of one class", () => {
  expect(batchOf(filled(2, 2), {}, 1).last).toEqual({ ledger: 1, telemetry: 0 });
  expect(batchOf(filled(0, 2), {}, 1).last).toEqual({ ledger: 0, telemetry: 1 });
});

test("what stands in the browser is read only if it is ours", () => {
  const kept = filled(2, 1);
  expect(understood(JSON.stringify(kept))).toEqual(kept);
  for (const written of [null, "", "{", "[]", '{"profile":"ann"}', '{"profile":1,"touched":1,"next":{},"ledger":[],"telemetry":[]}'])
    expect(understood(written)).toBeNull();
});
