import type { Client } from "urql";
import { expect, test, vi } from "vitest";
import { askForBetter, askUntilPlayed } from "./asking";

/** A house that answers so, and what it was told. */
function house(play: object | undefined) {
  const told: unknown[] = [];
  const mutation = (_: unknown, variables: unknown) => {
    told.push(variables);
    return { toPromise: () => Promise.resolve({ data: play === undefined ? undefined : { play } }), subscribe: () => undefined };
  };
  return { wanted: { client: { mutation } as unknown as Client, title: "film", screen: "tv", permit: null }, told };
}

const GRANTED = { __typename: "Play", id: "new", positionMs: 5 };

test("a better edition that is refused, not ready or unheard of leaves the film alone, at once", async () => {
  const refusals = ["busy", "not_yet", "missing"].map((kind) => ({ __typename: "Refused", headline: "", reason: "", kind }));
  for (const answer of [...refusals, undefined]) {
    const { wanted, told } = house(answer);
    expect(await askForBetter(wanted, () => false)).toBeNull();
    expect(told).toHaveLength(1);
  }
  expect(await askForBetter(house(GRANTED).wanted, () => false)).toBe(GRANTED);
});

test("a play granted to somebody who left is given back", async () => {
  const { wanted, told } = house(GRANTED);
  expect(await askForBetter(wanted, () => true)).toBeNull();
  expect(told.at(-1)).toEqual({ play: "new", positionMs: 5 });
});

test("a house that does not answer is asked again, with a word to read from the second time on", async () => {
  vi.useFakeTimers();
  const said: string[] = [];
  const asked = askUntilPlayed(house(undefined).wanted, {
    isOver: () => false,
    isOn: () => false,
    onWaiting: ({ title }) => said.push(title),
    onRefused: ({ title }) => said.push(title),
  });
  await vi.advanceTimersByTimeAsync(900);
  expect(said).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(said).toEqual(["Just a moment"]);
  await vi.advanceTimersByTimeAsync(10_000);
  expect(await asked).toBeNull();
  expect(said.at(-1)).toBe("Matinee did not answer");
  vi.useRealTimers();
});
