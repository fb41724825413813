import { afterEach, beforeEach, expect, test, vi } from "vitest";
import type { LedgerFact } from "./facts";
import { nothingOf } from "./kept";
import { PretendedHouse } from "./pretended-house";
import { Teller } from "./teller";

const thumbed: LedgerFact = { title: "t", thumbed: { thumb: "UP" } };
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);
let house: PretendedHouse;
let teller: Teller;

beforeEach(() => {
  vi.useFakeTimers();
  house = new PretendedHouse();
  teller = new Teller("tab-1", nothingOf("ann", Date.now()), house);
});
afterEach(() => {
  teller.close();
  vi.useRealTimers();
});

test("what somebody else answers in the house's place makes nobody give a fact up", async () => {
  const answers = [
    () => new Response("<h1>400 Bad Request</h1>", { status: 400 }),
    () => new Response("<h1>413 Payload Too Large</h1>", { status: 413 }),
    () => new Response('{"error":"bad request"}', { status: 400 }),
    () => new Response("Sign in to this network", { status: 200 }),
    () => new Response("{}", { status: 200 }),
  ];
  for (let count = 0; count < 3; count += 1) teller.tell("ledger", thumbed);
  for (const answer of answers) {
    house.instead = answer;
    teller.retry();
    await pass(30_000);
  }
  house.instead = null;
  teller.retry();
  await pass(100);
  expect(house.log("tab-1")).toEqual([1, 2, 3]);
});

test.each([10 * 365, -10 * 365, 8])("a clock that is set by %i days loses no fact, and makes none look old", async (days) => {
  house.away = true;
  teller.tell("ledger", thumbed);
  await pass(60_000);
  vi.setSystemTime(Date.now() + days * 24 * 3_600_000);
  teller.tell("ledger", thumbed);
  await pass(60_000);
  expect(house.asked).toBeLessThan(12);
  house.away = false;
  teller.retry();
  await pass(5_000);
  const [batch] = house.heard;
  expect(batch?.ledger.map(({ at }) => Math.round((batch.sentAt - at) / 60_000))).toEqual([2, 1]);
  expect(house.log("tab-1")).toEqual([1, 2]);
});

test("a night's sleep is as long as the clock says", async () => {
  house.away = true;
  teller.tell("ledger", thumbed);
  vi.setSystemTime(Date.now() + 8 * 3_600_000);
  house.away = false;
  await pass(5_000);
  const [batch] = house.heard;
  expect(batch?.ledger.map(({ at }) => Math.round((batch.sentAt - at) / 3_600_000))).toEqual([8]);
});
