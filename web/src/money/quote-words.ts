import { dayInWords } from "./days";
import { inMoney } from "./money";
import type { Quote } from "./operations";
import { eachInWords } from "./plan-words";

type Told = Pick<Quote, "now" | "then" | "thenAt" | "trialUntil" | "atPeriodEnd"> & { readonly plan: Pick<Quote["plan"], "yearly"> };

/** What a choice costs: "Today €4.51, then €17.99 a month from 12 Jan." */
export function quoteInWords(quote: Told, nowMs: number): string {
  const then = `${inMoney(quote.then)} ${eachInWords(quote.plan.yearly)}`;
  const from = dayInWords(quote.thenAt, nowMs);
  if (quote.atPeriodEnd) return `Nothing today. From ${from} it is ${then}.`;
  if (quote.trialUntil !== null && quote.now.minor === 0) return `Free until ${from}, then ${then}.`;
  return `Today ${inMoney(quote.now)}, then ${then} from ${from}.`;
}

/** "of which 19 % tax, €1.28"; null where there is none. */
export function taxInWords({ tax, taxPercent }: Pick<Quote, "tax" | "taxPercent">): string | null {
  return tax.minor === 0 ? null : `of which ${taxPercent.toLocaleString("en", { maximumFractionDigits: 2 })} % tax, ${inMoney(tax)}`;
}
