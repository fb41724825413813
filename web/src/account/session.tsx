import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from "react";
import { Provider } from "urql";
import { openClient } from "../house/client";
import { go } from "../house/way";
import { isFirst, isKnown, leave, renew } from "./door";
import { safeNext } from "../house/way";

const RENEW_EVERY_MS = 8 * 60_000;

interface Session {
  /** After the door let someone in: forget what was known and go on to where they were going. */
  readonly entered: () => void;
  readonly signOut: () => Promise<boolean>;
}

const SessionContext = createContext<Session | null>(null);

export function useSession(): Session {
  const session = use(SessionContext);
  if (session === null) throw new Error("useSession outside of SessionKeeper");
  return session;
}

let leading = false;

/** Leads whoever is not signed in to the door: to the first account's form when there is none yet. */
async function leadToDoor(): Promise<void> {
  const here = window.location.pathname + window.location.search;
  if (leading || /^\/sign-(in|up)\b/.test(here)) return;
  leading = true;
  const door = (await isFirst()) ? "/sign-up" : "/sign-in";
  leading = false;
  go(here === "/" ? door : `${door}?next=${encodeURIComponent(here)}`, "replace");
}

const standing = { known: isKnown, renew, onSignedOut: () => void leadToDoor() };

export function SessionKeeper({ children }: { readonly children: ReactNode }) {
  const [client, setClient] = useState(() => openClient(standing));
  const forget = useCallback(() => setClient(openClient(standing)), []);

  const session = useMemo<Session>(
    () => ({
      entered: () => {
        const next = safeNext(window.location.search);
        forget();
        go(next, "replace");
      },
      signOut: async () => {
        if (!(await leave())) return false;
        forget();
        go("/sign-in", "replace");
        return true;
      },
    }),
    [forget],
  );

  return (
    <SessionContext value={session}>
      <Provider value={client}>{children}</Provider>
    </SessionContext>
  );
}

/** Keeps the session fresh while a page behind the door is open. */
export function useQuietRenewal(active: boolean): void {
  useEffect(() => {
    if (!active) return;
    const timer = window.setInterval(() => {
      renew().catch(() => undefined);
    }, RENEW_EVERY_MS);
    return () => window.clearInterval(timer);
  }, [active]);
}
