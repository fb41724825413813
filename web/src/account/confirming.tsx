import { useEffect, useRef, useState, type SubmitEvent } from "react";
import { Button } from "../house/button";
import { Field } from "../house/field";
import { asksInTurn, type Answer, type No } from "./keys";
import { canUsePasskeys, showPasskey } from "./passkey";
import { RefusalWords, wordsOf } from "../house/refusal";
import styles from "./keys.module.css";

export type Sure = <T>(work: () => Promise<Answer<T>>) => Promise<Answer<T>>;

/** Does what may ask to be shown again who one is: then it asks for that, and does it after. */
export function useSure(): { readonly sure: Sure; readonly asked: ((shown: boolean) => void) | null } {
  const [asked, setAsked] = useState<((shown: boolean) => void) | null>(null);
  const sure: Sure = async (work) => {
    const first = await work();
    if (first.no?.field !== "confirm") return first;
    const shown = await new Promise<boolean>((resolve) => setAsked(() => resolve));
    setAsked(null);
    return shown ? work() : first;
  };
  return { sure, asked };
}

interface ConfirmingProps {
  readonly passkeys: boolean;
  readonly onDone: (shown: boolean) => void;
}

/** "Is it you?": a password, or a passkey. */
export function Confirming({ passkeys, onDone }: ConfirmingProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const password = useRef<HTMLInputElement>(null);
  const [no, setNo] = useState<No | null>(null);
  useEffect(() => dialog.current?.showModal(), []);

  const confirm = async (shown: object) => {
    const answer = await asksInTurn("/auth/confirm", shown);
    if (answer.no === undefined) onDone(true);
    else setNo(answer.no);
  };
  const byPasskey = async () => {
    const shown = await showPasskey("confirm");
    if (shown.no !== undefined) setNo(shown.no);
    else await confirm({ answer: shown.said });
  };
  return (
    <dialog ref={dialog} className={styles["dialog"]} aria-labelledby="is-it-you" onClose={() => onDone(false)}>
      <h2 id="is-it-you">Is it you?</h2>
      <p className={styles["text"]}>This changes how one comes in here, so show once more who you are.</p>
      {no !== null && no.field === null && <RefusalWords title={no.title} reason={no.reason} />}
      <form
        className={styles["form"]}
        noValidate
        onSubmit={(event: SubmitEvent<HTMLFormElement>) => {
          event.preventDefault();
          void confirm({ password: password.current?.value ?? "" });
        }}
      >
        <Field
          ref={password}
          label="Your password"
          type="password"
          name="password"
          required
          autoComplete="current-password"
          wrong={wordsOf(no?.field === "password" ? no : null)}
        />
        <div className={styles["ways"]}>
          <Button main type="submit">
            It is me
          </Button>
          {passkeys && canUsePasskeys() && <Button onClick={() => void byPasskey()}>Use a passkey</Button>}
          <Button onClick={() => onDone(false)}>Leave it</Button>
        </div>
      </form>
    </dialog>
  );
}
