import type { Proof } from "./pin-pad";
import { whenAgain } from "./pins";
import { oneFlight, renewInTurn, type Neighbours } from "./renewal";

const FIELDS = ["email", "password", "code", "pin"] as const;
type Field = (typeof FIELDS)[number];

/** A no from the door, in its own words. */
export interface DoorRefusal {
  readonly title: string;
  readonly reason: string;
  readonly field: Field | null;
}

export const UNREACHABLE: DoorRefusal = {
  title: "Matinee did not answer.",
  reason: "Check that you are connected and that Matinee is running, then try again.",
  field: null,
};

export function refusalOf(body: unknown): DoorRefusal {
  if (typeof body !== "object" || body === null) return UNREACHABLE;
  const { title, reason, field, retryAt } = body as Record<string, unknown>;
  if (typeof title !== "string" || typeof reason !== "string") return UNREACHABLE;
  const again = whenAgain(typeof retryAt === "string" ? retryAt : null, Date.now());
  return { title, reason: reason + again, field: FIELDS.find((each) => each === field) ?? null };
}

export function post(path: string, body?: unknown): Promise<Response> {
  return window.fetch(path, {
    method: "POST",
    credentials: "same-origin",
    ...(body === undefined
      ? {}
      : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
  });
}

/** The password was right; a one-time code with this opens the door. */
export interface SecondStep {
  readonly ticket: string;
}

/** Knocks; null when the door let us through. */
export async function knock(path: string, body: object): Promise<DoorRefusal | SecondStep | null> {
  try {
    const response = await post(path, body);
    const said: unknown = response.status === 204 ? null : await response.json();
    if (!response.ok) return refusalOf(said);
    if (typeof said === "object" && said !== null && "ticket" in said) return { ticket: String(said.ticket) };
    letIn(Date.now());
    return null;
  } catch {
    return UNREACHABLE;
  }
}

/** Signs up or in; null when the door let us through. */
export function enter(
  way: "sign-up" | "sign-in",
  email: string,
  password: string,
  country = "",
): Promise<DoorRefusal | SecondStep | null> {
  return knock(`/auth/${way}`, { email, password, ...(country === "" ? {} : { country }) });
}

/** Who watches from now on ("" for nobody yet); null when the door agreed. */
export async function pick(profile: string, proof: Proof = {}): Promise<DoorRefusal | null> {
  const said = await knock("/auth/pick", { profile, ...proof });
  return said !== null && "title" in said ? said : null;
}

/** True when the door closed behind us. */
export async function leave(): Promise<boolean> {
  try {
    const response = await post("/auth/sign-out");
    const out = response.ok || response.status === 401;
    if (out) forgetMe();
    return out;
  } catch {
    return false;
  }
}

let welcome: Promise<boolean> | null = null;

/** True when no account exists yet; asked once, and again after somebody was let in. */
export function isFirst(): Promise<boolean> {
  welcome ??= askWhetherFirst();
  return welcome;
}

async function askWhetherFirst(): Promise<boolean> {
  try {
    const response = await window.fetch("/auth/welcome", { credentials: "same-origin" });
    const body: unknown = await response.json();
    return typeof body === "object" && body !== null && (body as Record<string, unknown>)["first"] === true;
  } catch {
    welcome = null;
    return false;
  }
}

/** When this browser was last let in. The session itself is in cookies that no script can read. */
const RENEWED_AT = "matinee.renewed-at";

function letIn(at: number): void {
  welcome = null;
  localStorage.setItem(RENEWED_AT, String(at));
}

export function forgetMe(): void {
  localStorage.removeItem(RENEWED_AT);
}

/** False for a stranger, and after the door said that a session is over. */
export function isKnown(): boolean {
  return localStorage.getItem(RENEWED_AT) !== null;
}

export const neighbours: Neighbours = {
  // Locks exist on secure origins only; elsewhere a tab stands alone.
  inTurn: (work) =>
    "locks" in navigator ? navigator.locks.request("matinee.renewal", work).then((done) => done) : work(),
  lastRenewal: () => Number(localStorage.getItem(RENEWED_AT) ?? 0),
  noteRenewal: letIn,
};

/** Only a plain 401 means signed out; a door that stumbles is asked again later. */
async function postRenewal(): Promise<boolean> {
  const response = await post("/auth/renew");
  if (response.ok) return true;
  if (response.status === 401) {
    forgetMe();
    return false;
  }
  throw new Error(`renewal answered ${response.status}`);
}

export const renew = oneFlight(
  renewInTurn(postRenewal, neighbours, () => Date.now()),
);
