import { createContext, use, useCallback, useEffect, useMemo, useState, type ReactNode } from "react";
import { Provider } from "urql";
import { openClient } from "../house/client";
import { go, pathTo, safeNext } from "../house/way";
import type { Proof } from "./pin-pad";
import { isFirst, isKnown, leave, pick, renew, type DoorRefusal } from "./door";

const RENEW_EVERY_MS = 8 * 60_000;

interface Session {
  /** After the door let someone in: forget what was known, and go on, by way of who is watching unless told otherwise. */
  readonly entered: (to?: string) => void;
  /** Another profile watches from now on: what was shown to the last one is forgotten. */
  readonly picked: (profile: string, next: string, proof?: Proof) => Promise<DoorRefusal | null>;
  readonly signOut: () => Promise<boolean>;
  /** The door has closed behind us already. */
  readonly left: () => void;
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

/** Whoever is signed in but has not said who is watching is asked, and led back. */
function askWho(): void {
  const { pathname, search } = window.location;
  if (pathname !== "/who") go(pathTo.who(pathname + search), "replace");
}

const standing = { known: isKnown, renew, onSignedOut: () => void leadToDoor() };
const open = () => openClient(standing, askWho);

export function SessionKeeper({ children }: { readonly children: ReactNode }) {
  const [client, setClient] = useState(open);
  const forget = useCallback(() => setClient(open()), []);

  const session = useMemo<Session>(
    () => ({
      entered: (to = pathTo.who(safeNext(window.location.search))) => {
        forget();
        go(to, "replace");
      },
      picked: async (profile, next, proof) => {
        const no = await pick(profile, proof);
        if (no !== null) return no;
        forget();
        go(next);
        return null;
      },
      signOut: async () => {
        if (!(await leave())) return false;
        forget();
        go("/sign-in", "replace");
        return true;
      },
      left: forget,
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
