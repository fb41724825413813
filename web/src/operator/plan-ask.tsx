import { useState, type SubmitEvent } from "react";
import { useClient } from "urql";
import { Answers, Ask } from "../house/ask";
import { Button } from "../house/button";
import { Field } from "../house/field";
import { Refusal, wrongIn } from "../house/refusal";
import { useAct } from "../money/use-act";
import styles from "./members-page.module.css";
import { draftOf, HEIGHTS, wishOf, wrongsIn, type PlanDraft } from "./plan-draft";
import { SavePlan, type PricedPlan } from "./price-list";
import { Select } from "../house/select";

interface PlanAskProps {
  /** Null for one that is to be made. */
  readonly plan: PricedPlan | null;
  readonly currencies: readonly string[];
  readonly onClose: () => void;
}

/** A plan's name, what it gives and what it costs. Whoever has it now pays a new price from their next period on. */
export function PlanAsk({ plan, currencies, onClose }: PlanAskProps) {
  const client = useClient();
  const { no, waiting, act } = useAct();
  const [draft, setDraft] = useState(() => draftOf(plan, currencies));
  const [tried, setTried] = useState(false);
  const wrongs = tried ? wrongsIn(draft) : {};
  const change = (news: Partial<PlanDraft>) => setDraft((before) => ({ ...before, ...news }));

  const save = async () => {
    const asked = client.mutation(SavePlan, { plan: wishOf(plan?.id ?? "", draft) });
    if ((await act(asked.toPromise())) !== null) onClose();
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setTried(true);
    if (!waiting && Object.keys(wrongsIn(draft)).length === 0) void save();
  };
  return (
    <Ask title={plan === null ? "A new plan" : plan.name} onClose={onClose}>
      <form className={styles["form"]} onSubmit={submit} noValidate>
        <Field
          label="Name"
          value={draft.name}
          maxLength={40}
          autoComplete="off"
          wrong={wrongs["name"] ?? wrongIn(no, "name")}
          onChange={(event) => change({ name: event.target.value })}
        />
        <div className={styles["pair"]}>
          <Select
            label="Tallest picture"
            value={draft.height}
            options={HEIGHTS.map((height) => [String(height), `${height}p`])}
            onChoose={(height) => change({ height })}
          />
          <Field
            label="Screens at once"
            inputMode="numeric"
            value={draft.screens}
            wrong={wrongs["screens"] ?? wrongIn(no, "screens")}
            onChange={(event) => change({ screens: event.target.value })}
          />
          <Select
            label="Paid"
            value={draft.yearly ? "year" : "month"}
            options={[
              ["month", "by the month"],
              ["year", "by the year"],
            ]}
            onChoose={(period) => change({ yearly: period === "year" })}
          />
          <Field
            label="Trial, in days"
            inputMode="numeric"
            value={draft.trialDays}
            wrong={wrongs["trialDays"] ?? wrongIn(no, "trialDays")}
            onChange={(event) => change({ trialDays: event.target.value })}
          />
          {currencies.map((currency) => (
            <Field
              key={currency}
              label={`Price in ${currency}`}
              inputMode="decimal"
              value={draft.prices[currency] ?? ""}
              wrong={wrongs[currency] ?? null}
              onChange={(event) => change({ prices: { ...draft.prices, [currency]: event.target.value } })}
            />
          ))}
        </div>
        <label className={styles["tick"]}>
          <input type="checkbox" checked={draft.onSale} onChange={(event) => change({ onSale: event.target.checked })} />
          On sale
        </label>
        <Refusal no={no} fields={["name", "screens", "trialDays"]} />
        <Answers>
          <Button main type="submit" aria-disabled={waiting}>
            Save
          </Button>
          <Button onClick={onClose}>Leave it</Button>
        </Answers>
      </form>
    </Ask>
  );
}
