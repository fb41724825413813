import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LedgerFact } from "./facts";
import { nothingOf } from "./kept";
import { lockOf, locksOf, takeUp } from "./orphans";
import { PretendedHouse, pretendedLocks } from "./pretended-house";
import { Teller } from "./teller";

const thumbed: LedgerFact = { title: "t", thumbed: { thumb: "UP" } };
const left = { view: "v", left: { beforeStart: false, waitedMs: 0 } };
const upTo = (last: number) => Array.from({ length: last }, (_, index) => index + 1);
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
let house: PretendedHouse;
let teller: Teller;
const open = (producer: string, profile = "ann") => new Teller(producer, nothingOf(profile, Date.now()), house);

beforeEach(() => {
  vi.useFakeTimers();
  house = new PretendedHouse();
  teller = open("tab-1");
});
afterEach(() => {
  teller.close();
  vi.useRealTimers();
});

test("facts go together, two seconds after the first", async () => {
  teller.tell("ledger", thumbed);
  await pass(1_000);
  teller.tell("telemetry", left);
  expect(house.heard).toHaveLength(0);
  await pass(1_000);
  expect(house.heard).toHaveLength(1);
  expect([house.log("tab-1"), house.log("tab-1", "telemetry")]).toEqual([[1], [1]]);
  expect(house.kept.size).toBe(0);
});

test("news go at once", async () => {
  teller.tell("telemetry", left);
  teller.tell("ledger", thumbed, true);
  await pass(50);
  expect(house.log("tab-1")).toEqual([1]);
});

test("who hears nothing back tells it again, under the same number", async () => {
  house.deaf = true;
  teller.tell("ledger", thumbed, true);
  await pass(100);
  house.deaf = false;
  teller.tell("ledger", thumbed);
  await pass(10_000);
  expect(house.log("tab-1")).toEqual([1, 1, 2]);
  expect(house.kept.size).toBe(0);
});

test("a house that is away is asked less and less often, and at once when the network is back", async () => {
  house.away = true;
  teller.tell("ledger", thumbed);
  await pass(10 * 60_000);
  expect(house.asked).toBeLessThan(18);
  expect(house.asked).toBeGreaterThan(8);
  house.away = false;
  teller.retry();
  await pass(100);
  expect(house.log("tab-1")).toEqual([1]);
});

test("who is signed out asks for a fresh passport, and tells on", async () => {
  house.signedOut = true;
  teller.tell("ledger", thumbed, true);
  await pass(5_000);
  expect(house.log("tab-1")).toEqual([1]);
});

test("while another profile watches the facts are kept, and told when theirs is back", async () => {
  house.profile = "bob";
  teller.tell("ledger", thumbed, true);
  await pass(10 * 60_000);
  expect(house.heard).toHaveLength(0);
  expect(house.asked).toBeLessThan(15);
  house.profile = "ann";
  await pass(2 * 60_000);
  expect(house.log("tab-1")).toEqual([1]);
});

test("one fact that nobody takes keeps no other waiting", async () => {
  house.unreadable = 2;
  for (let count = 0; count < 4; count += 1) teller.tell("ledger", thumbed);
  await pass(60_000);
  expect(house.log("tab-1")).toEqual([1, 3, 4]);
  expect(house.kept.size).toBe(0);
});

test("whoever leaves the page sends what is kept, also what is told while leaving", async () => {
  teller.tell("ledger", thumbed);
  teller.part();
  teller.tell("ledger", thumbed, true);
  teller.tell("telemetry", left);
  await pass(0);
  const last = house.beacons.at(-1);
  expect(last?.ledger.map(({ seq }) => seq)).toEqual([1, 2]);
  expect(last?.telemetry.map(({ seq }) => seq)).toEqual([1]);
  expect(house.kept.has("tab-1")).toBe(true);
});

test("what a closed tab had left is told by the next, under its own numbers", async () => {
  house.away = true;
  for (let count = 0; count < 1_000; count += 1) teller.tell("ledger", thumbed);
  teller.close();
  house.away = false;
  await takeUp(house, pretendedLocks(), "tab-2", "ann");
  expect(house.log("tab-1")).toEqual(upTo(1_000));
  expect(house.kept.size).toBe(0);
});

test("a living tab's facts are its own to tell, another profile's wait for it, and what is a week old goes", async () => {
  house.away = true;
  teller.tell("ledger", thumbed);
  open("bobs", "bob").tell("ledger", thumbed);
  await takeUp(house, pretendedLocks("tab-1"), "tab-2", "ann");
  expect([...house.kept.keys()]).toEqual(["tab-1", "bobs"]);
  vi.setSystemTime(Date.now() + 8 * 24 * 3_600_000);
  await takeUp(house, pretendedLocks("tab-1"), "tab-2", "ann");
  expect(house.kept.size).toBe(0);
});

test("a page that is put aside leaves its facts to others, and tells on when it is brought back", async () => {
  const locks = pretendedLocks();
  const lock = lockOf(locks, "tab-1");
  lock.take();
  house.away = true;
  teller.tell("ledger", thumbed);
  await pass(2_000);
  house.away = false;
  await takeUp(house, locks, "tab-2", "ann");
  expect(house.log("tab-1")).toEqual([]);
  teller.part();
  lock.letGo();
  expect(house.beacons.map(({ ledger }) => ledger.length)).toEqual([1]);
  await takeUp(house, locks, "tab-2", "ann");
  expect(house.log("tab-1")).toEqual([1]);
  lock.take();
  teller.stay();
  teller.tell("ledger", thumbed);
  await pass(5_000);
  expect([...new Set(house.log("tab-1"))]).toEqual([1, 2]);
  expect(house.kept.size).toBe(0);
});

test("without locks who wrote nothing for two minutes is gone", async () => {
  house.away = true;
  teller.tell("ledger", thumbed);
  const locks = locksOf(undefined, () => Date.now());
  teller.close();
  house.away = false;
  await takeUp(house, locks, "tab-2", "ann");
  expect(house.heard).toHaveLength(0);
  await pass(121_000);
  await takeUp(house, locks, "tab-2", "ann");
  expect(house.log("tab-1")).toEqual([1]);
});

test("whatever becomes of each batch, every fact is heard in the end and its number is one fact's", async () => {
  let state = 7;
  const dice = () => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31) / 2 ** 31;
  let told = 0;
  for (let turn = 0; turn < 300; turn += 1) {
    house.away = dice() < 0.3;
    house.deaf = dice() < 0.3;
    house.signedOut = dice() < 0.1;
    if (dice() < 0.7) {
      teller.tell("ledger", thumbed, dice() < 0.5);
      told += 1;
    }
    await pass(dice() * 4_000);
  }
  house.away = false;
  house.deaf = false;
  teller.retry();
  await pass(10_000);
  expect([...new Set(house.log("tab-1"))]).toEqual(upTo(told));
  expect(house.kept.size).toBe(0);
});
