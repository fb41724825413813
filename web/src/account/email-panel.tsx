import { useRef, useState, type SubmitEvent } from "react";
import { Button } from "../house/button";
import { Field } from "../house/field";
import { Panel, State } from "../operator/panel";
import { asks, type No } from "./keys";
import { RefusalWords, wordsOf } from "../house/refusal";
import type { PanelProps } from "./security-page";
import styles from "./keys.module.css";

/** The address of the account: whether it was proved, and another one. */
export function EmailPanel({ keyring, sure }: PanelProps) {
  const [open, setOpen] = useState(false);
  const [no, setNo] = useState<No | null>(null);
  const [sentTo, setSentTo] = useState("");
  const email = useRef<HTMLInputElement>(null);

  const ask = async (address: string) => {
    const answer = await sure(() => asks<{ readonly email: string }>("/auth/letters/email", { email: address }));
    setNo(answer.no !== undefined && answer.no.field !== "confirm" ? answer.no : null);
    if (answer.no !== undefined) return;
    setSentTo(answer.said.email);
    setOpen(false);
  };
  const light = (
    <State light={keyring.emailVerified ? "good" : "busy"}>{keyring.emailVerified ? "Verified" : "Not verified yet"}</State>
  );
  return (
    <Panel title="Email" aside={light}>
      <p className={styles["text"]}>{keyring.email}</p>
      {sentTo !== "" && (
        <p className={styles["done"]} role="status">
          A letter with a link is on its way to {sentTo}. It works once, within a day.
        </p>
      )}
      {no !== null && no.field === null && <RefusalWords title={no.title} reason={no.reason} />}
      {open ? (
        <form
          className={styles["form"]}
          noValidate
          onSubmit={(event: SubmitEvent<HTMLFormElement>) => {
            event.preventDefault();
            void ask(email.current?.value.trim() ?? "");
          }}
        >
          <Field
            ref={email}
            label="The new address"
            type="email"
            name="email"
            required
            autoComplete="email"
            wrong={wordsOf(no?.field === "email" ? no : null)}
            hint="It counts once you follow the link in the letter to it. The old one is told."
          />
          <span className={styles["ways"]}>
            <Button type="submit" className={styles["small"]}>
              Write to it
            </Button>
            <Button className={styles["small"]} onClick={() => setOpen(false)}>
              Leave it
            </Button>
          </span>
        </form>
      ) : (
        <div className={`${styles["foot"]} ${styles["ways"]}`}>
          {!keyring.emailVerified && (
            <Button className={styles["small"]} onClick={() => void ask("")}>
              Write me the letter again
            </Button>
          )}
          <Button className={styles["small"]} onClick={() => setOpen(true)}>
            Change the address
          </Button>
        </div>
      )}
    </Panel>
  );
}
