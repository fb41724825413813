import { useRef, useState, type SubmitEvent } from "react";
import { Button } from "../house/button";
import { Field } from "../house/field";
import { Panel } from "../operator/panel";
import { asksInTurn, type No } from "./keys";
import { RefusalWords, wordsOf } from "../house/refusal";
import type { PanelProps } from "./security-page";
import styles from "./keys.module.css";

/** A new password, for who knows the old one. */
export function PasswordPanel({ keyring, lookAgain }: PanelProps) {
  const [open, setOpen] = useState(false);
  const [no, setNo] = useState<No | null>(null);
  const [done, setDone] = useState(false);
  const old = useRef<HTMLInputElement>(null);
  const next = useRef<HTMLInputElement>(null);

  const change = async () => {
    const asked = { password: old.current?.value ?? "", newPassword: next.current?.value ?? "" };
    const answer = await asksInTurn("/auth/password", asked);
    setNo(answer.no ?? null);
    if (answer.no !== undefined) return;
    setOpen(false);
    setDone(true);
    await lookAgain();
  };
  const about = (field: string) => (no?.field === field ? no : null);
  return (
    <Panel title="Password">
      {done && (
        <p className={styles["done"]} role="status">
          That is your password now. Every other device is signed out, and every app has to ask anew.
        </p>
      )}
      {no !== null && no.field === null && <RefusalWords title={no.title} reason={no.reason} />}
      {open ? (
        <form
          className={styles["form"]}
          noValidate
          onSubmit={(event: SubmitEvent<HTMLFormElement>) => {
            event.preventDefault();
            void change();
          }}
        >
          <input type="email" autoComplete="username" value={keyring.email} readOnly hidden />
          <Field
            ref={old}
            label="The one you have"
            name="password"
            type="password"
            required
            autoComplete="current-password"
            wrong={wordsOf(about("password"))}
          />
          <Field
            ref={next}
            label="The new one"
            name="newPassword"
            type="password"
            required
            autoComplete="new-password"
            wrong={wordsOf(about("newPassword"))}
            hint="Every other device and every app is shown out by it."
          />
          <span className={styles["ways"]}>
            <Button type="submit" className={styles["small"]}>
              Keep it
            </Button>
            <Button className={styles["small"]} onClick={() => setOpen(false)}>
              Leave it
            </Button>
          </span>
        </form>
      ) : (
        <div className={styles["foot"]}>
          <Button
            className={styles["small"]}
            onClick={() => {
              setDone(false);
              setOpen(true);
            }}
          >
            Change the password
          </Button>
        </div>
      )}
    </Panel>
  );
}
