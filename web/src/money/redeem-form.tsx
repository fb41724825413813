import { useState, type SubmitEvent } from "react";
import { useClient } from "urql";
import { Button } from "../house/button";
import { Field } from "../house/field";
import { Refusal, wrongIn } from "../house/refusal";
import { Redeem } from "./acts";
import styles from "./redeem-form.module.css";
import { useAct } from "./use-act";

/** A gift's code becomes credit, a coupon's a discount: one field takes both. */
export function RedeemForm() {
  const client = useClient();
  const { no, waiting, act, forget } = useAct();
  const [code, setCode] = useState("");
  const [done, setDone] = useState<string | null>(null);

  const redeem = async () => {
    const answer = await act(client.mutation(Redeem, { code: code.trim() }).toPromise());
    if (answer === null) return;
    setDone(answer.what);
    setCode("");
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!waiting && code.trim() !== "") void redeem();
  };
  return (
    <form className={styles["form"]} onSubmit={submit} noValidate>
      <div className={styles["line"]}>
        <Field
          label="A code"
          name="code"
          value={code}
          wrong={wrongIn(no, "code")}
          autoComplete="off"
          autoCapitalize="characters"
          spellCheck={false}
          maxLength={40}
          onChange={(event) => {
            setCode(event.target.value);
            setDone(null);
            forget();
          }}
        />
        <Button type="submit" className={styles["use"]} aria-disabled={waiting || code.trim() === ""}>
          Use it
        </Button>
      </div>
      <Refusal no={no} fields={["code"]} />
      <p role="status" className={done === null ? "unseen" : styles["done"]}>
        {done}
      </p>
    </form>
  );
}
