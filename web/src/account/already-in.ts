import { useEffect } from "react";
import { go, safeNext } from "../house/way";
import { isKnown, renew } from "./door";

/** Whoever is signed in already has no business at the door and is shown in; a stranger is not even asked. */
export function useShowIn(): void {
  useEffect(() => {
    if (!isKnown()) return;
    let here = true;
    renew()
      .then((known) => {
        if (here && known) go(safeNext(window.location.search), "replace");
      })
      .catch(() => undefined);
    return () => {
      here = false;
    };
  }, []);
}
