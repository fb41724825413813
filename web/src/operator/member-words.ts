import type { Membership } from "../money/operations";

type Standing = Pick<Membership, "state" | "closed" | "billing">;
type Light = "good" | "busy" | "bad" | "off";

/** How the operator reads a membership's state, and the light beside it. */
const STATES: Readonly<Record<Membership["state"], { readonly words: string; readonly light: Light }>> = {
  NONE: { words: "no plan", light: "off" },
  PENDING: { words: "not paid yet", light: "busy" },
  TRIALING: { words: "on trial", light: "good" },
  ACTIVE: { words: "paid", light: "good" },
  PAST_DUE: { words: "payment failed, plays on", light: "busy" },
  UNPAID: { words: "payment failed", light: "bad" },
  PAUSING: { words: "about to pause", light: "good" },
  PAUSED: { words: "paused", light: "off" },
  CANCELLING: { words: "cancelled, plays on", light: "busy" },
  ENDED: { words: "ended", light: "off" },
};

export const standingOfMember = ({ state, closed, billing }: Standing): string =>
  closed ? "disabled" : billing ? STATES[state].words : "welcome";
export const standingLight = ({ state, closed, billing }: Standing): Light =>
  closed ? "bad" : billing ? STATES[state].light : "good";
