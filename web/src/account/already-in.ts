import { useEffect } from "react";
import { go, safeNext } from "../house/way";
import { renew } from "./door";
import { renewing } from "./renewal";

/** Whoever is signed in already has no business at the door and is shown in. */
export function useShowIn(): void {
  useEffect(() => {
    let here = true;
    const ask = renewing((input, init) => window.fetch(input, init), renew, () => undefined);
    ask("/graphql", {
      method: "POST",
      headers: { "content-type": "application/json" },
      credentials: "same-origin",
      body: JSON.stringify({ operationName: "Known", query: "query Known { viewer { email } }", variables: {} }),
    })
      .then(async (response) => {
        const body: unknown = response.ok ? await response.json() : null;
        const known = typeof body === "object" && body !== null && "data" in body && body.data !== null;
        if (here && known) go(safeNext(window.location.search), "replace");
      })
      .catch(() => undefined);
    return () => {
      here = false;
    };
  }, []);
}
