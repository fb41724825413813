import type { Client } from "urql";
import { expect, test } from "vitest";
import { askForBetter } from "./asking";

/** A house that answers so, and what it was told. */
function house(play: object | undefined) {
  const told: unknown[] = [];
  const mutation = (_: unknown, variables: unknown) => {
    told.push(variables);
    return { toPromise: () => Promise.resolve({ data: play === undefined ? undefined : { play } }), subscribe: () => undefined };
  };
  return { wanted: { client: { mutation } as unknown as Client, title: "film", screen: "tv" }, told };
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
