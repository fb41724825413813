import { useEffect, useRef, useState, type SubmitEvent } from "react";
import { Button } from "../house/button";
import { Field } from "../house/field";
import { Mark } from "../house/mark";
import { knock, type DoorRefusal } from "./door";
import { RefusalWords, wordsOf } from "../house/refusal";
import { useSession } from "./session";
import styles from "./door-form.module.css";

interface CodeFormProps {
  readonly ticket: string;
  readonly onStartAgain: () => void;
}

/** The second step of signing in. */
export function CodeForm({ ticket, onStartAgain }: CodeFormProps) {
  const { entered } = useSession();
  const [refusal, setRefusal] = useState<DoorRefusal | null>(null);
  const code = useRef<HTMLInputElement>(null);
  useEffect(() => code.current?.focus(), []);

  const submit = async () => {
    const no = await knock("/auth/code", { ticket, code: code.current?.value ?? "" });
    if (no === null) { entered(); return; }
    if ("title" in no) setRefusal(no);
    code.current?.select();
  };

  return (
    <div className={styles["door"]}>
      <Mark large />
      <div className={styles["panel"]}>
        <h1 className={styles["heading"]}>One more step</h1>
        <p className={styles["lead"]}>Type the code that your app shows now, or a recovery code.</p>
        <form
          className={styles["form"]}
          noValidate
          onSubmit={(event: SubmitEvent<HTMLFormElement>) => {
            event.preventDefault();
            void submit();
          }}
        >
          {refusal !== null && refusal.field === null && <RefusalWords title={refusal.title} reason={refusal.reason} />}
          <Field
            ref={code}
            label="Code"
            name="code"
            autoCapitalize="none"
            spellCheck={false}
            required
            autoComplete="one-time-code"
            wrong={wordsOf(refusal?.field === "code" ? refusal : null)}
          />
          <Button main type="submit" className={styles["act"]}>
            Go on
          </Button>
        </form>
        <p className={styles["other"]}>
          <button type="button" className={styles["again"]} onClick={onStartAgain}>
            Start again
          </button>
        </p>
      </div>
    </div>
  );
}
