import { useSyncExternalStore } from "react";
import { makeOperation, type Client, type Exchange, type Operation } from "urql";
import { pipe, tap } from "wonka";

const ASK_AGAIN_MS = 5_000;
const NEWS_MS = 8_000;

/** What an answer may have been given without: where the viewer left off and their list, or rows of their own. */
export type Part = "places" | "recommendations";

interface Lacking {
  readonly parts: readonly Part[];
  readonly timer: ReturnType<typeof setTimeout>;
}

/** The answers that came without a part, each with what will happen to it. */
const lacking = new Map<number, Lacking>();
const listeners = new Set<() => void>();

function settle(key: number): void {
  clearTimeout(lacking.get(key)?.timer);
  if (lacking.delete(key)) for (const told of listeners) told();
}

function note(operation: Operation, client: Client, parts: readonly Part[]): void {
  const isPage = operation.kind === "query";
  const next = () => {
    if (!isPage) settle(operation.key);
    else client.reexecuteOperation(makeOperation("query", operation, { ...operation.context, requestPolicy: "network-only" }));
  };
  lacking.set(operation.key, { parts, timer: setTimeout(next, isPage ? ASK_AGAIN_MS : NEWS_MS) });
  for (const told of listeners) told();
}

function withoutParts(extensions: Record<string, unknown> | undefined): readonly Part[] {
  const without = extensions?.["without"];
  if (!Array.isArray(without)) return [];
  return (["places", "recommendations"] as const).filter((part) => without.includes(part));
}

/** Hears which answers the house gave without a part of it, and asks again until they are whole. */
export const lackingParts: Exchange =
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
        const parts = withoutParts(extensions);
        if (parts.length > 0) note(operation, client, parts);
      }),
    );

function lacks(part: Part): boolean {
  return [...lacking.values()].some(({ parts }) => parts.includes(part));
}

/** Whether something on the screen lacks that part. */
export function useLacks(part: Part): boolean {
  return useSyncExternalStore(
    (told) => {
      listeners.add(told);
      return () => listeners.delete(told);
    },
    () => lacks(part),
  );
}
