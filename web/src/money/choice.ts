/** What somebody who joins has chosen so far. It lives in the address, so that back, reload and a link keep it. */
export interface Choice {
  readonly plan: string;
  readonly code: string;
}

export const STEPS = ["plan", "account", "payment"] as const;
export type Step = (typeof STEPS)[number];

const PATHS: Readonly<Record<Step, string>> = { plan: "/join", account: "/join/account", payment: "/join/payment" };

export function choiceOf(search: string): Choice {
  const asked = new URLSearchParams(search);
  return { plan: asked.get("plan") ?? "", code: (asked.get("code") ?? "").trim() };
}

/** A path with everything chosen so far; empty wishes are left out. */
function chosen(path: string, { plan, code }: Choice): string {
  const kept = new URLSearchParams(Object.entries({ plan, code: code.trim() }).filter(([, value]) => value !== ""));
  return kept.size === 0 ? path : `${path}?${kept.toString()}`;
}

export const pathToStep = (step: Step, choice: Choice): string => chosen(PATHS[step], choice);
/** Where whoever leaves a card at the payment provider comes back to. */
export const pathToDone = (choice: Choice): string => chosen("/join/done", choice);

/** "2 of 3". */
export const placeInWords = (step: Step): string => `${STEPS.indexOf(step) + 1} of ${STEPS.length}`;

/** The plan that stands chosen: what was asked for if it is on offer, else the one in the middle. */
export function standing<P extends { readonly id: string }>(plans: readonly P[], asked: string): P | null {
  return plans.find(({ id }) => id === asked) ?? plans[Math.floor((plans.length - 1) / 2)] ?? null;
}
