import { useState, type SubmitEvent } from "react";
import { useClient } from "urql";
import { Button } from "../house/button";
import { Refusal } from "../house/refusal";
import { go } from "../house/way";
import { BuyGift } from "./acts";
import { Choices } from "./choices";
import { inMoney, type Money } from "./money";
import styles from "./redeem-form.module.css";
import { followed, newAskId, useAct } from "./use-act";
import { BACK_TO_GIFT } from "./use-settle";

/** How much to give, and on to paying it. */
export function BuyGiftForm({ choices }: { readonly choices: readonly Money[] }) {
  const client = useClient();
  const { no, waiting, act } = useAct();
  const [minor, setMinor] = useState(choices[Math.floor((choices.length - 1) / 2)]?.minor ?? 0);
  // Another amount is another purchase; the same one asked for twice is one.
  const [askId, setAskId] = useState(newAskId);

  const buy = async () => {
    const step = await act(client.mutation(BuyGift, { minor, askId, backTo: BACK_TO_GIFT }).toPromise());
    if (step === null || followed(step)) return;
    setAskId(newAskId());
    go(BACK_TO_GIFT, "replace");
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!waiting) void buy();
  };
  return (
    <form className={styles["form"]} onSubmit={submit}>
      <Choices
        label="How much"
        name="amount"
        chosen={minor}
        choices={choices.map((money) => ({ value: money.minor, words: inMoney(money) }))}
        onChoose={(value) => {
          setMinor(value);
          setAskId(newAskId());
        }}
      />
      <Refusal no={no} />
      <div>
        <Button main type="submit" aria-disabled={waiting}>
          Go to payment
        </Button>
      </div>
    </form>
  );
}
