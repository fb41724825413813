import { useEffect, useId, useRef, useState, type SubmitEvent } from "react";
import { Button } from "../house/button";
import { digitsOf, LEAST_DIGITS, MOST_DIGITS } from "./pins";
import styles from "./pin-pad.module.css";

/** What somebody shows for themselves. */
export interface Proof {
  readonly pin?: string;
  readonly password?: string;
}

export interface No {
  readonly title: string;
  readonly reason: string;
}

interface PinPadProps {
  readonly heading: string;
  readonly lead: string;
  readonly act: string;
  /** Null when it was right. */
  readonly onTry: (proof: Proof) => Promise<No | null>;
  readonly onCancel: () => void;
}

/** Asks for a PIN; whoever forgot it has the account's password. */
export function PinPad({ heading, lead, act, onTry, onCancel }: PinPadProps) {
  const [forgot, setForgot] = useState(false);
  const [text, setText] = useState("");
  const [no, setNo] = useState<No | null>(null);
  const [busy, setBusy] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const note = useId();
  const title = useId();
  useEffect(() => field.current?.focus(), [forgot]);

  const attempt = async (given: string) => {
    if (busy) return;
    setBusy(true);
    const wrong = await onTry(forgot ? { password: given } : { pin: given });
    setBusy(false);
    if (wrong === null) return;
    setNo(wrong);
    setText("");
    field.current?.focus();
  };
  const write = (written: string) => {
    const next = forgot ? written : digitsOf(written);
    setText(next);
    if (!forgot && next.length === MOST_DIGITS) void attempt(next);
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (forgot ? text !== "" : text.length >= LEAST_DIGITS) void attempt(text);
    else setNo({ title: "Not yet", reason: forgot ? "Write the password." : `A PIN has ${LEAST_DIGITS} to ${MOST_DIGITS} digits.` });
  };

  return (
    <form className={styles["pad"]} onSubmit={submit} noValidate aria-labelledby={title}>
      <h1 id={title} className={styles["heading"]}>
        {heading}
      </h1>
      <p className={styles["lead"]}>{lead}</p>
      <label className={styles["entry"]}>
        <span className={forgot ? styles["word"] : "unseen"}>{forgot ? "The account’s password" : "PIN, 4 to 6 digits"}</span>
        <input
          key={forgot ? "password" : "pin"}
          ref={field}
          className={forgot ? styles["password"] : styles["digits"]}
          type="password"
          inputMode={forgot ? "text" : "numeric"}
          autoComplete={forgot ? "current-password" : "off"}
          value={text}
          aria-invalid={no !== null}
          aria-describedby={note}
          onChange={(event) => write(event.target.value)}
        />
        {!forgot && <Boxes filled={text.length} />}
      </label>
      <p id={note} className={styles["no"]} role="alert">
        {no !== null && `${no.title} ${no.reason}`}
      </p>
      <div className={styles["acts"]}>
        <Button main type="submit" aria-disabled={busy}>
          {act}
        </Button>
        <Button onClick={onCancel}>Cancel</Button>
      </div>
      <button
        type="button"
        className={styles["forgot"]}
        onClick={() => {
          setForgot(!forgot);
          setText("");
          setNo(null);
        }}
      >
        {forgot ? "Use the PIN" : "Forgot it? Use the account’s password"}
      </button>
    </form>
  );
}

/** One box for each digit; the last two are for those who chose a longer PIN. */
function Boxes({ filled }: { readonly filled: number }) {
  return (
    <span className={styles["boxes"]} aria-hidden="true">
      {Array.from({ length: MOST_DIGITS }, (_, place) => (
        <span
          key={place}
          className={[
            styles["box"],
            place < filled ? styles["filled"] : "",
            place === filled ? styles["here"] : "",
            place >= LEAST_DIGITS ? styles["spare"] : "",
          ].join(" ")}
        />
      ))}
    </span>
  );
}
