import { cacheExchange, Client, fetchExchange, mapExchange } from "urql";
import type { CombinedError, OperationResult } from "urql";
import { renewing, type Standing } from "../account/renewal";
import { inOrder } from "./in-order";
import { lackingParts } from "./lacking";
import { trusted } from "./trusted";

const fetchOptions: RequestInit = { credentials: "same-origin" };

/**
 * With a change of what a profile has to do with titles: it is heard even from a page that is left at once, and what shows
 * titles is asked for anew, also an empty list.
 */
export const TITLES_CHANGED = { additionalTypenames: ["Title"], fetchOptions: { ...fetchOptions, keepalive: true } };

/** A client lives as long as one profile watches, so nothing seen by one is shown to the next. */
export function openClient(standing: Standing, onNobody: () => void): Client {
  return new Client({
    url: "/graphql",
    exchanges: [
      mapExchange({
        onResult: (result) => {
          if (kindOf(result.error) === "no_profile") onNobody();
          return withoutNull(result);
        },
      }),
      cacheExchange,
      lackingParts,
      trusted,
      fetchExchange,
    ],
    fetch: renewing(inOrder((input, init) => window.fetch(input, init)), standing),
    fetchOptions,
    preferGetMethod: false,
  });
}

/** A question that failed as a whole has no data, whichever way GraphQL says so: pages ask for `undefined` alone. */
function withoutNull(result: OperationResult): OperationResult {
  const data: unknown = result.data ?? undefined;
  return { ...result, data };
}

/** Why the house said no, for the caller's choice: `missing`, `forbidden`, `unavailable`, … */
export function kindOf(error: CombinedError | undefined): string | null {
  const kind = error?.graphQLErrors[0]?.extensions["kind"];
  return typeof kind === "string" ? kind : null;
}

/** True while the page is on its way to the door: then nothing is wrong worth telling. */
export function isSignedOut(error: CombinedError | undefined): boolean {
  return (error?.response as Response | undefined)?.status === 401 || kindOf(error) === "no_profile";
}
