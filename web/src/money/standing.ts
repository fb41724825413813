import { dayInWords } from "./days";
import { inMoney, type Money } from "./money";
import type { Membership } from "./operations";
import { eachInWords, priceInWords } from "./plan-words";

type State = Membership["state"];

/** What the words need of a membership. */
export type Standing = Pick<
  Membership,
  | "state"
  | "plays"
  | "note"
  | "closed"
  | "billing"
  | "plan"
  | "nextPlan"
  | "price"
  | "periodUntil"
  | "nextCharge"
  | "nextChargeAt"
  | "trialUntil"
  | "graceUntil"
  | "retryAt"
  | "pausedUntil"
  | "problem"
>;

const KEPT = "Your profiles, lists and places are kept.";

function charged(amount: Money | null, at: string | null, nowMs: number): string {
  return amount === null || at === null ? "" : `Next payment: ${inMoney(amount)} on ${dayInWords(at, nowMs)}.`;
}

function until(words: string, at: string | null, nowMs: number): string {
  return at === null ? "" : `${words} ${dayInWords(at, nowMs)}.`;
}

/** What each state means for whoever has it: sentences, empty ones left out. */
const SENTENCES: Readonly<Record<State, (m: Standing, nowMs: number) => readonly string[]>> = {
  NONE: (m) => [m.plays ? "You look after this house: everything plays, without a plan." : "Everything here can be looked at. A plan makes it play."],
  PENDING: (m) => [m.problem ?? "", "It waits for its first payment; then everything plays."],
  TRIALING: (m, now) => [until("Free until", m.trialUntil, now), charged(m.nextCharge, m.nextChargeAt, now)],
  ACTIVE: (m, now) => [charged(m.nextCharge, m.nextChargeAt, now)],
  PAST_DUE: (m, now) => [
    `The last payment did not go through.${m.problem === null ? "" : ` ${m.problem}`}`,
    until("You can watch on until", m.graceUntil, now),
    until("We try again on", m.retryAt, now),
  ],
  UNPAID: (m) => [
    `The last payment did not go through.${m.problem === null ? "" : ` ${m.problem}`}`,
    `Nothing plays until it is paid. ${KEPT}`,
  ],
  PAUSING: (m, now) => [until("It pauses on", m.periodUntil, now), "Until then everything plays."],
  PAUSED: (m, now) => [until("Paused until", m.pausedUntil, now), "Nothing is charged meanwhile."],
  CANCELLING: (m, now) => [until("It ends on", m.periodUntil, now), `Until then everything plays. ${KEPT}`],
  ENDED: () => [`Your membership has ended. ${KEPT}`],
};

/** How a membership stands, in sentences. */
export function standingInWords(m: Standing, nowMs: number): string[] {
  if (m.closed) return ["The house has closed this account. Whoever runs it can open it again.", m.note].filter(Boolean);
  const own = SENTENCES[m.state](m, nowMs).filter((sentence) => sentence !== "");
  if (m.nextPlan === null || m.periodUntil === null) return own;
  const { nextPlan } = m;
  return [...own, `From ${dayInWords(m.periodUntil, nowMs)}: ${nextPlan.name}, ${priceInWords(nextPlan)}.`];
}

/** "€9.99 a month", of what one has; null without a plan. */
export const costInWords = ({ plan, price }: Standing): string | null =>
  plan === null ? null : `${inMoney(price ?? plan.price)} ${eachInWords(plan.yearly)}`;

export interface BannerWords {
  readonly text: string;
  readonly act: string;
  readonly to: string;
  /** Something went wrong, rather than waits. */
  readonly isWrong: boolean;
}

const TO_ACCOUNT = "/account";

/** What no page may keep quiet about: why nothing plays, or will not for long; null while all is well. */
const BANNERS: Readonly<Partial<Record<State, (m: Standing, nowMs: number) => BannerWords>>> = {
  NONE: () => ({ text: "Choose a plan, and everything here plays.", act: "See the plans", to: "/join", isWrong: false }),
  PENDING: () => ({ text: "Your plan waits for its first payment.", act: "Go on", to: "/join", isWrong: false }),
  PAST_DUE: (m, now) => ({
    text: `Your last payment did not go through. ${until("You can watch on until", m.graceUntil, now)}`.trim(),
    act: "Mend it",
    to: TO_ACCOUNT,
    isWrong: true,
  }),
  UNPAID: () => ({
    text: "Your last payment did not go through, so nothing plays.",
    act: "Mend it",
    to: TO_ACCOUNT,
    isWrong: true,
  }),
  PAUSED: (m, now) => ({
    text: `${until("Your plan is paused until", m.pausedUntil, now)} Nothing is charged.`.trim(),
    act: "Watch again",
    to: TO_ACCOUNT,
    isWrong: false,
  }),
  ENDED: () => ({ text: `Your membership has ended. ${KEPT}`, act: "Come back", to: TO_ACCOUNT, isWrong: false }),
};

export function bannerOf(m: Standing, nowMs: number): BannerWords | null {
  if (!m.billing) return null;
  if (m.closed) {
    return { text: "The house has closed this account, so nothing plays.", act: "See why", to: TO_ACCOUNT, isWrong: true };
  }
  if (m.plays && m.state !== "PAST_DUE") return null;
  return BANNERS[m.state]?.(m, nowMs) ?? null;
}
