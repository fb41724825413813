import { forgetMe, neighbours, post, UNREACHABLE } from "./door";
import { go } from "../house/way";

/** Where an account is signed in, and what its people come in by. */
export interface Keyring {
  readonly email: string;
  readonly emailVerified: boolean;
  readonly operator: boolean;
  readonly devices: readonly Device[];
  readonly passkeys: readonly Passkey[];
  readonly codes: boolean;
  readonly recoveryCodesLeft: number;
  readonly passkeysAt: string;
}

export interface Device {
  readonly id: string;
  readonly name: string;
  readonly cameFrom: string;
  readonly addedMs: number;
  readonly seenMs: number;
  readonly here: boolean;
}

export interface Passkey {
  readonly id: string;
  readonly name: string;
  readonly addedMs: number;
  readonly usedMs: number;
}

export interface No {
  readonly title: string;
  readonly reason: string;
  readonly field: string | null;
}

export type Answer<T> = { readonly said: T; readonly no?: never } | { readonly no: No; readonly said?: never };

export interface NewCodes {
  readonly secret: string;
  readonly url: string;
  readonly picture: string;
}

function noOf(body: unknown): No {
  if (typeof body !== "object" || body === null) return UNREACHABLE;
  const { title, reason, field } = body as Record<string, unknown>;
  if (typeof title !== "string" || typeof reason !== "string") return UNREACHABLE;
  return { title, reason, field: typeof field === "string" ? field : null };
}

async function answerOf<T>(response: Response): Promise<Answer<T>> {
  const body: unknown = response.status === 204 ? null : await response.json();
  return response.ok ? { said: body as T } : { no: noOf(body) };
}

/** One question to the door. Its answer has the shape we say: it is our own house. */
export async function asks<T>(path: string, body: object = {}): Promise<Answer<T>> {
  try {
    return await answerOf<T>(await post(path, body));
  } catch {
    return { no: UNREACHABLE };
  }
}

/** One that changes the session's secret: no other tab may renew with the old one meanwhile. */
export function asksInTurn<T>(path: string, body: object): Promise<Answer<T>> {
  return neighbours.inTurn(() => asks<T>(path, body));
}

export const readKeyring = () => readFrom<Keyring>("/auth/keys");

/** Who is not signed in is led to the door. */
export async function readFrom<T>(path: string): Promise<Answer<T>> {
  try {
    const response = await window.fetch(path, { credentials: "same-origin" });
    if (response.status === 401) {
      forgetMe();
      go("/sign-in?next=/account/security", "replace");
    }
    return await answerOf<T>(response);
  } catch {
    return { no: UNREACHABLE };
  }
}

/** A day as people say it: "today", "yesterday", "3 May 2026". The house keeps days only, and counts them in UTC. */
export function dayOf(ms: number, nowMs: number): string {
  const day = 86_400_000;
  const ago = Math.floor(nowMs / day) - Math.floor(ms / day);
  if (ago <= 0) return "today";
  if (ago === 1) return "yesterday";
  return new Date(ms).toLocaleDateString("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" });
}
