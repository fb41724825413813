import { useEffect, useState } from "react";
import type { Plan } from "./plan-cards";

/** A plan as strangers see it, before anybody is signed in. */
export interface Offer extends Plan {
  readonly trialDays: number;
}

/** What is on offer; null while the house has not said. */
export type Offers = readonly Offer[] | "unanswered" | null;

let shown: Promise<readonly Offer[]> | null = null;

async function look(): Promise<readonly Offer[]> {
  const response = await window.fetch("/auth/plans", { credentials: "same-origin" });
  if (!response.ok) throw new Error(`the shop window answered ${response.status}`);
  return ((await response.json()) as { readonly plans: readonly Offer[] }).plans;
}

/** The plans on offer, asked for once; a house that did not answer is asked again by the next page. */
export function plansOnOffer(): Promise<readonly Offer[]> {
  shown ??= look().catch((error: unknown) => {
    shown = null;
    throw error;
  });
  return shown;
}

/** A house without plans takes no money: then the list is empty. */
export function useOffers(): Offers {
  const [offers, setOffers] = useState<Offers>(null);
  useEffect(() => {
    let here = true;
    const tell = (news: Offers) => {
      if (here) setOffers(news);
    };
    plansOnOffer().then(tell, () => tell("unanswered"));
    return () => {
      here = false;
    };
  }, []);
  return offers;
}
