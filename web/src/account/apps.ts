import { isKnown, leave, refusalOf, type DoorRefusal } from "./door";
import { go, pathTo } from "../house/way";

/** What the house wants to know from us about an app: from its request, or from the code a screen shows. */
export type Asked = { readonly query: string } | { readonly code: string };

export interface Question {
  /** Not empty: nothing is asked, this is where to go. */
  readonly go: string;
  readonly signIn: boolean;
  readonly app: string;
  readonly leadsTo: string;
  readonly scopes: readonly string[];
  readonly email: string;
  readonly profile: { readonly id: string; readonly name: string; readonly avatar: string };
  readonly code: string;
}

export type Heard = Question | DoorRefusal | "elsewhere";

async function post(path: string, body: object): Promise<Response> {
  const headers = { "content-type": "application/json" };
  return window.fetch(path, { method: "POST", credentials: "same-origin", headers, body: JSON.stringify(body) });
}

/** Whoever is not signed in, or not lately enough, goes by the door; whoever has not said who watches, by that page. */
async function byTheDoor(here: string): Promise<void> {
  if (isKnown()) await leave();
  go(`/sign-in?${new URLSearchParams({ next: here }).toString()}`, "replace");
}

/** What to ask; "elsewhere" when this page is being left. `here` is where to come back to. */
export async function ask(asked: Asked, here: string): Promise<Heard> {
  try {
    const response = await post("/auth/apps/ask", asked);
    if (response.status === 409) {
      go(pathTo.who(here), "replace");
      return "elsewhere";
    }
    const body: unknown = await response.json();
    if (!response.ok) return refusalOf(body);
    const question = body as Question;
    if (question.go !== "") {
      window.location.replace(question.go);
      return "elsewhere";
    }
    if (question.signIn) {
      await byTheDoor(here);
      return "elsewhere";
    }
    return question;
  } catch {
    return refusalOf(null);
  }
}

/** Says yes or no. Where to go on to: "" for a screen, which goes on by itself. */
export async function decide(asked: Asked, profile: string, allow: boolean): Promise<string | DoorRefusal> {
  try {
    const response = await post("/auth/apps/decide", { ...asked, profile, allow });
    const body: unknown = await response.json();
    return response.ok ? (body as { readonly go: string }).go : refusalOf(body);
  } catch {
    return refusalOf(null);
  }
}

/** Whom it is about, as far as the words need it. */
export interface Whom {
  readonly email: string;
  readonly name: string;
}

/** What letting an app do something means, in the order the house names them. */
export function inWords(scope: string, { email, name }: Whom): string {
  switch (scope) {
    case "openid":
      return "Know you again";
    case "profile":
      return `See your profile’s name, ${name}`;
    case "email":
      return `See your email address, ${email}`;
    case "watch":
      return `Browse and play as ${name}, and change ${name}’s list`;
    case "account":
      return "See your plan, what it costs, and your invoices";
    case "operate":
      return "Run this house: its library and its studio";
    default:
      return scope;
  }
}

/** An app that the account let in. */
export interface LetIn {
  readonly id: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly profiles: readonly string[];
  /** 0: longer than the house has written that down. */
  readonly sinceMs: number;
  /** 0: never. */
  readonly usedMs: number;
}

/** What an app wants that has sent somebody here to be signed out. */
export interface Leaving {
  readonly ask: boolean;
  readonly go: string;
  readonly app: string;
  readonly email: string;
  readonly leadsTo: string;
}

/** As it is written on the screen while it is typed: capitals, with the dash where it belongs. */
export function codeAsTyped(text: string): string {
  const letters = text.toUpperCase().replace(/[^A-Z0-9]/g, "").slice(0, 8);
  return letters.length > 4 ? `${letters.slice(0, 4)}-${letters.slice(4)}` : letters;
}
