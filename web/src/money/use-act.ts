import { useCallback, useState } from "react";
import type { OperationResult } from "urql";
import { UNANSWERED, type No } from "../house/refusal";

interface Told {
  readonly __typename: string;
}

type RefusedAnswer = Told & No & { readonly __typename: "Refused" };
/** What an act led to, once a no is taken out. */
export type Done<A> = Exclude<A, { readonly __typename: "Refused" }>;

export interface Acting {
  /** Why the last one was not done; null while all is well. */
  readonly no: No | null;
  readonly waiting: boolean;
  /** Waits for the answer; null when it was a no, which is then told. */
  readonly act: <A extends Told>(asked: PromiseLike<OperationResult<{ readonly answer: A }>>) => Promise<Done<A> | null>;
  readonly forget: () => void;
}

/** One thing done at a time, and the no it may meet. */
export function useAct(): Acting {
  const [no, setNo] = useState<No | null>(null);
  const [waiting, setWaiting] = useState(false);
  const forget = useCallback(() => setNo(null), []);
  const act = useCallback(async <A extends Told>(asked: PromiseLike<OperationResult<{ readonly answer: A }>>) => {
    setWaiting(true);
    setNo(null);
    const { data } = await asked;
    setWaiting(false);
    const answer: Told | undefined = data?.answer;
    if (answer === undefined) setNo(UNANSWERED);
    else if (answer.__typename === "Refused") setNo(answer as RefusedAnswer);
    else return answer as Done<A>;
    return null;
  }, []);
  return { no, waiting, act, forget };
}

/** Off to a page of the payment provider's; true when there is one to go to. */
export function followed({ goTo }: { readonly goTo: string | null }): boolean {
  if (goTo === null || !/^https?:$/.test(new URL(goTo, window.location.href).protocol)) return false;
  window.location.assign(goTo);
  return true;
}

/** A name for one purchase, so that asking twice buys once. */
export function newAskId(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, "0")).join("");
}
