import { useRef, useState, type SubmitEvent } from "react";
import { Button } from "../house/button";
import { Field } from "../house/field";
import { Panel, State } from "../operator/panel";
import { asks, type Keyring, type NewCodes, type No } from "./keys";
import { RefusalWords, wordsOf } from "../house/refusal";
import type { PanelProps } from "./security-page";
import styles from "./keys.module.css";

/** One-time codes: a second step behind the password. */
export function CodesPanel({ keyring, sure, change, lookAgain }: PanelProps) {
  const [no, setNo] = useState<No | null>(null);
  const [begun, setBegun] = useState<NewCodes | null>(null);
  const [recovery, setRecovery] = useState<readonly string[]>([]);

  const begin = async () => {
    const answer = await sure(() => asks<NewCodes>("/auth/codes/begin"));
    setNo(answer.no !== undefined && answer.no.field !== "confirm" ? answer.no : null);
    setBegun(answer.said ?? null);
  };
  const confirm = async (code: string) => {
    const answer = await sure(() => asks<{ readonly recoveryCodes: readonly string[] }>("/auth/codes/confirm", { code }));
    setNo(answer.no ?? null);
    if (answer.no !== undefined) return;
    setBegun(null);
    setRecovery(answer.said.recoveryCodes);
    await lookAgain();
  };
  const remove = async () => {
    setRecovery([]);
    setNo(await change(() => asks<Keyring>("/auth/codes/remove")));
  };
  const light = <State light={keyring.codes ? "good" : "off"}>{keyring.codes ? "Asked for" : "Not asked for"}</State>;
  return (
    <Panel title="One-time codes" aside={light}>
      <p className={styles["text"]}>
        {keyring.codes
          ? `Behind your password we ask for a code from your app. ${keyring.recoveryCodesLeft} recovery codes are left.`
          : "An app on your phone shows a new code every half minute, and we ask for it behind your password."}
      </p>
      {no !== null && no.field === null && <RefusalWords title={no.title} reason={no.reason} />}
      {recovery.length > 0 && <RecoveryCodes codes={recovery} />}
      {begun !== null && <FirstCode begun={begun} no={no?.field === "code" ? no : null} onCode={(code) => void confirm(code)} />}
      {begun === null && (
        <div className={styles["foot"]}>
          <Button className={styles["small"]} onClick={() => void (keyring.codes ? remove() : begin())}>
            {keyring.codes ? "Take them away" : "Set up codes"}
          </Button>
        </div>
      )}
    </Panel>
  );
}

function RecoveryCodes({ codes }: { readonly codes: readonly string[] }) {
  return (
    <div role="status">
      <p className={styles["done"]}>Codes are asked for from now on.</p>
      <p className={styles["text"]}>
        Write these down and keep them apart from your phone: each opens the door once should you lose it. They are shown
        this once.
      </p>
      <ul className={styles["recovery"]} role="list" aria-label="Recovery codes">
        {codes.map((code) => (
          <li key={code}>{code}</li>
        ))}
      </ul>
    </div>
  );
}

interface FirstCodeProps {
  readonly begun: NewCodes;
  readonly no: No | null;
  readonly onCode: (code: string) => void;
}

function FirstCode({ begun, no, onCode }: FirstCodeProps) {
  const code = useRef<HTMLInputElement>(null);
  return (
    <form
      className={styles["form"]}
      noValidate
      onSubmit={(event: SubmitEvent<HTMLFormElement>) => {
        event.preventDefault();
        onCode(code.current?.value ?? "");
      }}
    >
      <img className={styles["code"]} src={begun.picture} alt="The secret below, for an app to scan" width="200" height="200" />
      <p className={styles["text"]}>
        Scan it with your app, or type <span className={styles["secret"]}>{begun.secret}</span>
      </p>
      <Field
        ref={code}
        label="The code it shows now"
        name="code"
        autoCapitalize="none"
        spellCheck={false}
        required
        autoComplete="one-time-code"
        wrong={wordsOf(no)}
      />
      <span className={styles["ways"]}>
        <Button type="submit" className={styles["small"]}>
          Ask for codes from now on
        </Button>
      </span>
    </form>
  );
}
