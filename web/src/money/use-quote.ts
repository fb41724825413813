import { useQuery } from "urql";
import type { No } from "../house/refusal";
import { isSignedOut } from "../house/client";
import { QuoteQuery, type Quote } from "./operations";

interface Asked {
  readonly quote: Quote | null;
  readonly no: No | null;
  /** Prices move with time: asks anew. */
  readonly again: () => void;
}

const UNHEARD: No = { headline: "The till did not answer.", reason: "Nothing was charged. Try again in a moment.", field: null };

/** What choosing this plan would cost right now. */
export function useQuote(plan: string | null, coupon: string): Asked {
  const [{ data, error, fetching }, ask] = useQuery({
    query: QuoteQuery,
    variables: { plan: plan ?? "", coupon },
    pause: plan === null,
    requestPolicy: "network-only",
  });
  const again = () => ask({ requestPolicy: "network-only" });
  const answer = plan === null || fetching ? undefined : data?.quote;
  if (answer?.__typename === "Quote") return { quote: answer, no: null, again };
  if (answer?.__typename === "Refused") return { quote: null, no: answer, again };
  return { quote: null, no: !fetching && error !== undefined && !isSignedOut(error) ? UNHEARD : null, again };
}
