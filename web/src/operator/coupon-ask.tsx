import { useState, type SubmitEvent } from "react";
import { useClient } from "urql";
import { Answers, Ask } from "../house/ask";
import { Button } from "../house/button";
import { Field } from "../house/field";
import { Refusal, wrongIn } from "../house/refusal";
import { Select } from "../house/select";
import { minorOf } from "../money/money";
import { useAct } from "../money/use-act";
import styles from "./members-page.module.css";
import { SaveCoupon } from "./price-list";

const FIELDS = ["code", "percent", "amount", "periods", "mostUses", "days"];
const count = (typed: string) => (/^\d{1,6}$/.test(typed.trim()) ? Number(typed) : null);

interface CouponAskProps {
  readonly currencies: readonly string[];
  readonly onClose: () => void;
}

/** A coupon: its code, what it takes off, for how long, and how often it can be used. The same code again replaces it. */
export function CouponAsk({ currencies, onClose }: CouponAskProps) {
  const client = useClient();
  const { no, waiting, act } = useAct();
  const [tried, setTried] = useState(false);
  const [draft, setDraft] = useState({ code: "", unit: "%", off: "20", periods: "1", mostUses: "", days: "" });
  const change = (news: Partial<typeof draft>) => setDraft((before) => ({ ...before, ...news }));

  const percent = draft.unit === "%" ? count(draft.off) : 0;
  const minor = draft.unit === "%" ? 0 : minorOf(draft.off, draft.unit);
  const mostUses = draft.mostUses.trim() === "" ? 0 : count(draft.mostUses);
  const days = draft.days.trim() === "" ? 0 : count(draft.days);
  const isOff = draft.unit === "%" ? percent !== null && percent >= 1 && percent <= 100 : minor !== null && minor > 0;

  const save = async (uses: number, forDays: number) => {
    const coupon = {
      code: draft.code.trim(),
      percent: percent ?? 0,
      amount: draft.unit === "%" ? null : { minor: minor ?? 0, currency: draft.unit },
      periods: Number(draft.periods),
      mostUses: uses,
      days: forDays,
    };
    if ((await act(client.mutation(SaveCoupon, { coupon }).toPromise())) !== null) onClose();
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    setTried(true);
    if (!waiting && isOff && draft.code.trim() !== "" && mostUses !== null && days !== null) void save(mostUses, days);
  };
  const needed = (isMissing: boolean, words: string, field: string) => (tried && isMissing ? words : wrongIn(no, field));
  return (
    <Ask title="A coupon" onClose={onClose}>
      <form className={styles["form"]} onSubmit={submit} noValidate>
        <Field
          label="Code"
          value={draft.code}
          maxLength={40}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          wrong={needed(draft.code.trim() === "", "Letters and digits that people type.", "code")}
          onChange={(event) => change({ code: event.target.value })}
        />
        <div className={styles["pair"]}>
          <Field
            label="Takes off"
            inputMode="decimal"
            value={draft.off}
            wrong={needed(!isOff, draft.unit === "%" ? "Between 1 and 100." : "An amount such as 2.00.", "percent") ?? wrongIn(no, "amount")}
            onChange={(event) => change({ off: event.target.value })}
          />
          <Select
            label="In"
            value={draft.unit}
            options={["%", ...currencies].map((unit) => [unit, unit === "%" ? "percent" : unit] as const)}
            onChoose={(unit) => change({ unit })}
          />
          <Select
            label="For"
            value={draft.periods}
            options={[["1", "one period"], ...["2", "3", "6", "12"].map((n) => [n, `${n} periods`] as const), ["0", "good"]]}
            onChoose={(periods) => change({ periods })}
          />
          <Field
            label="Uses at most"
            inputMode="numeric"
            placeholder="no limit"
            value={draft.mostUses}
            wrong={needed(mostUses === null, "A number, or nothing.", "mostUses")}
            onChange={(event) => change({ mostUses: event.target.value })}
          />
          <Field
            label="For days from now"
            inputMode="numeric"
            placeholder="for good"
            value={draft.days}
            wrong={needed(days === null, "A number, or nothing.", "days")}
            onChange={(event) => change({ days: event.target.value })}
          />
        </div>
        <Refusal no={no} fields={FIELDS} />
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
