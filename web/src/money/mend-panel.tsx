import { useState } from "react";
import { useClient } from "urql";
import { Button } from "../house/button";
import { Refusal } from "../house/refusal";
import { NewCard, PayNow } from "./acts";
import styles from "./mend-panel.module.css";
import { inMoney } from "./money";
import type { Membership } from "./operations";
import { Acts } from "./section";
import { standingInWords } from "./standing";
import { followed, useAct } from "./use-act";
import { BACK_TO_ACCOUNT, type Settled } from "./use-settle";

interface MendPanelProps {
  readonly membership: Membership;
  readonly settled: Settled;
}

/** While something is to be mended, it stands first: what went wrong, and every way to put it right. */
export function MendPanel({ membership, settled }: MendPanelProps) {
  const client = useClient();
  const { no, waiting, act } = useAct();
  const [nowMs] = useState(() => Date.now());
  const [failed, setFailed] = useState<string | null>(null);
  const { may, due, confirmUrl } = membership;
  const isOpen = may.includes("PAY") || confirmUrl !== null;
  if (!isOpen) return <Refusal no={settled.no} />;

  const pay = async () => {
    const step = await act(client.mutation(PayNow, {}).toPromise());
    if (step === null || followed(step)) return;
    setFailed(step.membership.may.includes("PAY") ? (step.membership.problem ?? "Try another card.") : null);
  };
  const other = async () => {
    const step = await act(client.mutation(NewCard, { backTo: BACK_TO_ACCOUNT }).toPromise());
    if (step !== null) followed(step);
  };
  return (
    <section className={styles["mend"]} aria-label="To be mended">
      <h2 className={styles["title"]}>{confirmUrl === null ? "A payment is open" : "A payment waits for your yes"}</h2>
      <p>{standingInWords(membership, nowMs).join(" ")}</p>
      <Refusal
        no={no ?? settled.no ?? (failed === null ? null : { headline: "It did not go through again.", reason: failed, field: null })}
      />
      <Acts>
        {confirmUrl !== null && (
          <Button main onClick={() => followed({ goTo: confirmUrl })}>
            Confirm it
          </Button>
        )}
        {may.includes("PAY") && (
          <Button main={confirmUrl === null} aria-disabled={waiting} onClick={() => !waiting && void pay()}>
            {due === null ? "Pay now" : `Pay ${inMoney(due)} now`}
          </Button>
        )}
        {may.includes("CARD") && (
          <Button aria-disabled={waiting} onClick={() => !waiting && void other()}>
            Use another card
          </Button>
        )}
      </Acts>
    </section>
  );
}
