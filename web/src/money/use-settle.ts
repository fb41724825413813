import { useCallback, useEffect, useRef, useState } from "react";
import { useClient } from "urql";
import type { No } from "../house/refusal";
import { Settle } from "./acts";
import type { MoneyStep } from "./operations";
import { useAct } from "./use-act";

/** Where whoever left for the payment provider comes back to: pages that find "back" look at what became of it. */
export const BACK_TO_ACCOUNT = "/account?back";
export const BACK_TO_GIFT = "/gift?back";
export const isBack = (search: string): boolean => new URLSearchParams(search).has("back");

export interface Settled {
  /** What became of it; null while nobody has said. */
  readonly step: MoneyStep | null;
  readonly no: No | null;
  readonly waiting: boolean;
  readonly again: () => void;
}

/** For whoever comes back from the payment provider: looks at what became of it, once by itself and again when asked to. */
export function useSettle(back: boolean): Settled {
  const client = useClient();
  const { no, waiting, act } = useAct();
  const [step, setStep] = useState<MoneyStep | null>(null);
  const asked = useRef(false);
  const again = useCallback(() => {
    void act(client.mutation(Settle, {}).toPromise()).then((answer) => {
      if (answer !== null) setStep(answer);
    });
  }, [act, client]);
  useEffect(() => {
    if (!back || asked.current) return;
    asked.current = true;
    again();
  }, [again, back]);
  return { step, no, waiting: waiting || (back && step === null && no === null), again };
}
