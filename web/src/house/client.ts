import { cacheExchange, Client, fetchExchange } from "urql";
import type { CombinedError } from "urql";
import { renewing, type Standing } from "../account/renewal";

/** A client lives as long as one sign-in, so nothing seen by one account is shown to the next. */
export function openClient(standing: Standing): Client {
  return new Client({
    url: "/graphql",
    exchanges: [cacheExchange, fetchExchange],
    fetch: renewing((input, init) => window.fetch(input, init), standing),
    fetchOptions: { credentials: "same-origin" },
    preferGetMethod: false,
  });
}

/** True while the page is on its way to the door: then nothing is wrong worth telling. */
export function isSignedOut(error: CombinedError | undefined): boolean {
  return (error?.response as Response | undefined)?.status === 401;
}
