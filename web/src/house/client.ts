import { cacheExchange, Client, fetchExchange, mapExchange } from "urql";
import type { CombinedError } from "urql";
import { renewing, type Standing } from "../account/renewal";
import { inOrder } from "./in-order";
import { trusted } from "./trusted";

/** A client lives as long as one profile watches, so nothing seen by one is shown to the next. */
export function openClient(standing: Standing, onNobody: () => void): Client {
  return new Client({
    url: "/graphql",
    exchanges: [
      mapExchange({
        onResult: ({ error }) => {
          if (kindOf(error) === "no_profile") onNobody();
        },
      }),
      cacheExchange,
      trusted,
      fetchExchange,
    ],
    fetch: renewing(inOrder((input, init) => window.fetch(input, init)), standing),
    fetchOptions: { credentials: "same-origin" },
    preferGetMethod: false,
  });
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
