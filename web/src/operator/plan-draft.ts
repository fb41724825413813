import { minorOf, typedOf } from "../money/money";
import type { PricedPlan } from "./price-list";

/** A plan as it stands in the form's fields. */
export interface PlanDraft {
  readonly name: string;
  readonly height: string;
  readonly screens: string;
  readonly trialDays: string;
  readonly yearly: boolean;
  readonly onSale: boolean;
  /** By currency; empty: not sold in it. */
  readonly prices: Readonly<Record<string, string>>;
}

export const HEIGHTS = [480, 720, 1080, 1440, 2160];

export function draftOf(plan: PricedPlan | null, currencies: readonly string[]): PlanDraft {
  const priced = (currency: string) => {
    const price = plan?.prices.find((each) => each.currency === currency);
    return price === undefined ? "" : typedOf(price);
  };
  return {
    name: plan?.name ?? "",
    height: String(plan?.height ?? 1080),
    screens: String(plan?.screens ?? 2),
    trialDays: String(plan?.trialDays ?? 0),
    yearly: plan?.yearly ?? false,
    onSale: plan?.onSale ?? true,
    prices: Object.fromEntries(currencies.map((currency) => [currency, priced(currency)])),
  };
}

/** What is wrong in which field; empty when it can be sent. */
export type Wrongs = Readonly<Partial<Record<string, string>>>;

const isCount = (typed: string, least: number, most: number) =>
  /^\d{1,4}$/.test(typed.trim()) && Number(typed) >= least && Number(typed) <= most;

export function wrongsIn(draft: PlanDraft): Wrongs {
  const wrongs: Record<string, string> = {};
  if (draft.name.trim() === "") wrongs["name"] = "A plan needs a name.";
  if (!isCount(draft.screens, 1, 20)) wrongs["screens"] = "Between 1 and 20.";
  if (!isCount(draft.trialDays, 0, 365)) wrongs["trialDays"] = "Between 0 and 365.";
  const typed = Object.entries(draft.prices).filter(([, price]) => price.trim() !== "");
  for (const [currency, price] of typed) {
    if ((minorOf(price, currency) ?? 0) === 0) wrongs[currency] = "An amount such as 9.99.";
  }
  const [first] = Object.keys(draft.prices);
  if (typed.length === 0 && first !== undefined) wrongs[first] = "At least one price.";
  return wrongs;
}

/** The plan to save, from a draft in which nothing is wrong. */
export function wishOf(id: string, draft: PlanDraft) {
  return {
    id,
    name: draft.name.trim(),
    height: Number(draft.height),
    screens: Number(draft.screens),
    trialDays: Number(draft.trialDays),
    yearly: draft.yearly,
    onSale: draft.onSale,
    prices: Object.entries(draft.prices).flatMap(([currency, typed]) => {
      const minor = minorOf(typed, currency);
      return minor === null ? [] : [{ minor, currency }];
    }),
  };
}
