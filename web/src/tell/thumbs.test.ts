import { expect, test, vi } from "vitest";
import { remember, settled, understood } from "./thumbs";

const NOW = 1_700_000_000_000;

test("what the house says holds, in whichever browser it was said", () => {
  const here = { tide: { thumb: "UP", at: 0 }, moor: { thumb: "LOVE", at: NOW - 90_000 } } as const;
  expect(settled(here, [{ title: "tide", thumb: "DOWN" }], NOW)).toEqual({ tide: { thumb: "DOWN", at: 0 } });
});

test("what was chosen here a moment ago holds until the house can know it, also that it was taken back", () => {
  const here = { tide: { thumb: "NONE", at: NOW - 2_000 }, moor: { thumb: "UP", at: NOW - 1_000 } } as const;
  const shown = settled(here, [{ title: "tide", thumb: "LOVE" }], NOW);
  expect([shown["tide"]?.thumb, shown["moor"]?.thumb]).toEqual(["NONE", "UP"]);
});

test("what stands in the browser is read only as far as it fits", () => {
  const love = { thumb: "LOVE", at: 7 };
  expect(understood(JSON.stringify({ a: love, b: { thumb: "SIDEWAYS", at: 7 }, c: 7, d: { thumb: "UP" } }))).toEqual({ a: love });
  for (const written of [null, "", "[1]", "{", "7", '{"a":null}']) expect(understood(written)).toEqual({});
});

test("a browser that has no room for it does not keep the house from being told", () => {
  const full = () => {
    throw new DOMException("no room", "QuotaExceededError");
  };
  vi.stubGlobal("localStorage", { setItem: full });
  expect(() => remember("ann", { tide: { thumb: "UP", at: NOW } })).not.toThrow();
  vi.unstubAllGlobals();
});
