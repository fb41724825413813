import { useSyncExternalStore } from "react";
import { makeOperation, type Client, type Exchange, type Operation } from "urql";
import { pipe, tap } from "wonka";

const ASK_AGAIN_MS = 5_000;
const NEWS_MS = 8_000;

/** The answers that came without the viewer's places, each with what will happen to it. */
const lacking = new Map<number, ReturnType<typeof setTimeout>>();
const listeners = new Set<() => void>();

function settle(key: number): void {
  clearTimeout(lacking.get(key));
  if (lacking.delete(key)) for (const told of listeners) told();
}

function note(operation: Operation, client: Client): void {
  const isPage = operation.kind === "query";
  const next = () => {
    if (!isPage) settle(operation.key);
    else client.reexecuteOperation(makeOperation("query", operation, { ...operation.context, requestPolicy: "network-only" }));
  };
  lacking.set(operation.key, setTimeout(next, isPage ? ASK_AGAIN_MS : NEWS_MS));
  for (const told of listeners) told();
}

function isWithoutPlaces(extensions: Record<string, unknown> | undefined): boolean {
  const without = extensions?.["without"];
  return Array.isArray(without) && without.includes("places");
}

/** Hears which answers the house gave without the viewer's places, and asks again until they are whole. */
export const lackingPlaces: Exchange =
  ({ client, forward }) =>
  (operations) =>
    pipe(
      operations,
      tap((operation) => {
        if (operation.kind === "teardown") settle(operation.key);
      }),
      forward,
      tap(({ operation, extensions }) => {
        settle(operation.key);
        if (isWithoutPlaces(extensions)) note(operation, client);
      }),
    );

/** Whether something on the screen lacks where the viewer left off, and their list. */
export function useLacksPlaces(): boolean {
  return useSyncExternalStore(
    (told) => {
      listeners.add(told);
      return () => listeners.delete(told);
    },
    () => lacking.size > 0,
  );
}
