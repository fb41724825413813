import { useSyncExternalStore } from "react";

const NAMED = {
  "/": "home",
  "/films": "films",
  "/series": "series",
  "/list": "list",
  "/search": "search",
  "/picks": "picks",
  "/who": "who",
  "/account/activity": "activity",
  "/operator": "operator",
  "/operator/members": "members",
  "/operator/plans": "plans",
  "/operator/codes": "codes",
  "/account": "account",
  "/account/plan": "account-plan",
  "/gift": "gift",
  "/join": "join",
  "/join/account": "join-account",
  "/join/payment": "join-payment",
  "/join/done": "join-done",
  "/operator/letters": "operator-letters",
  "/operator/figures": "operator-figures",
  "/account/letters": "letters",
  "/letters/unsubscribe": "unsubscribe",
  "/account/security": "security",
  "/reset": "reset",
  "/verify": "verify",
  "/sign-in": "sign-in",
  "/sign-up": "sign-up",
  "/oauth/authorize": "consent",
  "/oauth/logout": "logout",
  "/activate": "activate",
} as const;

/** Where in the house a path leads. */
export type Place =
  | { readonly room: (typeof NAMED)[keyof typeof NAMED] | "lost" }
  | { readonly room: "title" | "watch" | "genre"; readonly id: string };

function decoded(part: string): string | null {
  try {
    return decodeURIComponent(part);
  } catch {
    return null;
  }
}

export function placeOf(path: string): Place {
  const named = NAMED[path as keyof typeof NAMED] as (typeof NAMED)[keyof typeof NAMED] | undefined;
  if (named !== undefined) return { room: named };
  const match = /^\/(title|watch|genre)\/([^/]+)\/?$/.exec(path);
  const id = decoded(match?.[2] ?? "");
  if (match === null || id === null || id === "") return { room: "lost" };
  return { room: match[1] as "title" | "watch" | "genre", id };
}

/** Whether this house has the room that a path names: parts of it may not be built. */
export const hasRoom = (path: string): boolean => placeOf(path).room !== "lost";

export const pathTo = {
  title: (id: string) => `/title/${encodeURIComponent(id)}`,
  watch: (id: string) => `/watch/${encodeURIComponent(id)}`,
  genre: (name: string) => `/genre/${encodeURIComponent(name)}`,
  search: (text: string) => (text.trim() === "" ? "/search" : `/search?${new URLSearchParams({ q: text }).toString()}`),
  pin: (profile: string) => `/who?${new URLSearchParams({ pin: profile }).toString()}`,
  who: (next: string) => (next === "/" || next === "/who" ? "/who" : `/who?${new URLSearchParams({ next }).toString()}`),
};

const HOUSE = "http://house";

/** The path to go on to after signing in; anything that could leave this house becomes home. */
export function safeNext(search: string): string {
  const next = new URLSearchParams(search).get("next");
  if (!next?.startsWith("/") || !URL.canParse(next, HOUSE) || new URL(next, HOUSE).origin !== HOUSE) return "/";
  const room = placeOf(next.split(/[?#]/, 1)[0] ?? "/").room;
  return ["sign-in", "sign-up", "who", "reset", "verify"].includes(room) ? "/" : next;
}

const listeners = new Set<() => void>();
let steps = 0;

function tell(): void {
  for (const listener of listeners) listener();
}

function listen(listener: () => void): () => void {
  listeners.add(listener);
  window.addEventListener("popstate", listener);
  return () => {
    listeners.delete(listener);
    window.removeEventListener("popstate", listener);
  };
}

export function go(to: string, how: "push" | "replace" = "push"): void {
  if (how === "replace") window.history.replaceState(null, "", to);
  else {
    window.history.pushState(null, "", to);
    steps += 1;
  }
  tell();
  if (how === "push") window.scrollTo(0, 0);
}

/** One step back when we came from inside the house, otherwise to the given path. */
export function goBack(otherwise: string): void {
  if (steps > 0) {
    steps -= 1;
    window.history.back();
  } else go(otherwise, "replace");
}

const currentWay = () => window.location.pathname + window.location.search;

export function useWay(): { readonly path: string; readonly search: string } {
  const way = useSyncExternalStore(listen, currentWay);
  const cut = way.indexOf("?");
  return cut < 0 ? { path: way, search: "" } : { path: way.slice(0, cut), search: way.slice(cut) };
}
