import { Client, fetchExchange, gql } from "urql";
import { expect, test, vi } from "vitest";
import { lackingParts } from "./lacking";

const HOME = gql`
  query Home {
    name
  }
`;

function house(answers: readonly object[]) {
  let asked = 0;
  const client = new Client({
    url: "http://house/graphql",
    exchanges: [lackingParts, fetchExchange],
    preferGetMethod: false,
    fetch: () => Promise.resolve(new Response(JSON.stringify(answers[Math.min(asked++, answers.length - 1)]))),
  });
  return { client, asked: () => asked };
}

const LACKING = { data: { name: "half" }, extensions: { without: ["places"] } };
const WHOLE = { data: { name: "whole" } };

test("a page that came without places is asked again until it is whole, and then no more", async () => {
  vi.useFakeTimers();
  const { client, asked } = house([LACKING, LACKING, WHOLE]);
  const seen: unknown[] = [];
  const reading = client.query(HOME, {}).subscribe(({ data, stale }) => {
    if (!stale) seen.push((data as { name: string } | undefined)?.name);
  });
  await vi.advanceTimersByTimeAsync(60_000);
  expect(seen).toEqual(["half", "half", "whole"]);
  expect(asked()).toBe(3);
  reading.unsubscribe();
  vi.useRealTimers();
});

test("a page that was left is not asked again", async () => {
  vi.useFakeTimers();
  const { client, asked } = house([LACKING]);
  const reading = client.query(HOME, {}).subscribe(() => undefined);
  await vi.advanceTimersByTimeAsync(100);
  reading.unsubscribe();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked()).toBe(1);
  vi.useRealTimers();
});

test("a page that came without rows of one's own is asked again, too", async () => {
  vi.useFakeTimers();
  const { client, asked } = house([{ data: { name: "everybody's" }, extensions: { without: ["recommendations"] } }, WHOLE]);
  const reading = client.query(HOME, {}).subscribe(() => undefined);
  await vi.advanceTimersByTimeAsync(60_000);
  expect(asked()).toBe(2);
  reading.unsubscribe();
  vi.useRealTimers();
});
