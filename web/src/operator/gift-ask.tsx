import { useState, type SubmitEvent } from "react";
import { useClient } from "urql";
import { Answers, Ask } from "../house/ask";
import { Button } from "../house/button";
import { Field } from "../house/field";
import { Refusal, wrongIn } from "../house/refusal";
import { Select } from "../house/select";
import { minorOf, type Money } from "../money/money";
import { newAskId, useAct } from "../money/use-act";
import styles from "./members-page.module.css";
import { MakeGifts } from "./price-list";

const MOST = 100;

export interface MadeGift {
  readonly code: string | null;
  readonly amount: Money;
}

interface GiftAskProps {
  readonly currencies: readonly string[];
  readonly onMade: (gifts: readonly MadeGift[]) => void;
  readonly onClose: () => void;
}

/** Gift codes that nobody pays for: how many, and worth how much. */
export function GiftAsk({ currencies, onMade, onClose }: GiftAskProps) {
  const client = useClient();
  const { no, waiting, act } = useAct();
  const [askId] = useState(newAskId);
  const [count, setCount] = useState("1");
  const [typed, setTyped] = useState("");
  const [currency, setCurrency] = useState(currencies[0] ?? "");
  const [tried, setTried] = useState(false);
  const minor = minorOf(typed, currency) ?? 0;
  const isCount = /^\d{1,3}$/.test(count.trim()) && Number(count) >= 1 && Number(count) <= MOST;

  const make = async () => {
    const wish = { count: Number(count), amount: { minor, currency }, askId };
    const answer = await act(client.mutation(MakeGifts, wish).toPromise());
    if (answer === null) return;
    onMade(answer.gifts);
    onClose();
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setTried(true);
    if (!waiting && isCount && minor > 0) void make();
  };
  return (
    <Ask title="Gift codes" onClose={onClose}>
      <form className={styles["form"]} onSubmit={submit} noValidate>
        <Field
          label="How many"
          inputMode="numeric"
          value={count}
          wrong={tried && !isCount ? `Between 1 and ${MOST}.` : wrongIn(no, "count")}
          onChange={(event) => setCount(event.target.value)}
        />
        <div className={styles["pair"]}>
          <Field
            label="Each worth"
            inputMode="decimal"
            value={typed}
            wrong={tried && minor === 0 ? "An amount such as 25.00." : wrongIn(no, "amount")}
            onChange={(event) => setTyped(event.target.value)}
          />
          <Select
            label="In"
            value={currency}
            options={currencies.map((each) => [each, each] as const)}
            onChoose={setCurrency}
          />
        </div>
        <Refusal no={no} fields={["count", "amount"]} />
        <Answers>
          <Button main type="submit" aria-disabled={waiting}>
            Make them
          </Button>
          <Button onClick={onClose}>Leave it</Button>
        </Answers>
      </form>
    </Ask>
  );
}
