import { useEffect, useRef, useState, type ReactNode, type SubmitEvent } from "react";
import { Button } from "../house/button";
import { Field } from "../house/field";
import { Mark } from "../house/mark";
import { Select } from "../house/select";
import { COUNTRIES, likelyCountry, nameOf } from "./countries";
import { enter, type DoorRefusal } from "./door";
import { RefusalWords, wordsOf } from "../house/refusal";
import { useSession } from "./session";
import styles from "./door-form.module.css";

interface DoorFormProps {
  readonly way: "sign-up" | "sign-in";
  readonly heading: string;
  readonly lead: ReactNode;
  readonly act: "Sign up" | "Sign in";
  readonly hint?: string;
  /** In place of the mark: where one is on a longer way. */
  readonly above?: ReactNode;
  /** Where to go once the door let us in; else to who is watching. */
  readonly then?: string;
  /** Another way in, under the form. */
  readonly instead?: ReactNode;
  /** The password was right, and a one-time code is asked for. */
  readonly onSecondStep?: (ticket: string) => void;
  readonly children: ReactNode;
}

const likelyHere = () => likelyCountry(Intl.DateTimeFormat().resolvedOptions().timeZone);

export function DoorForm({ way, heading, lead, act, hint, above, then, instead, onSecondStep, children }: DoorFormProps) {
  const { entered } = useSession();
  const [refusal, setRefusal] = useState<DoorRefusal | null>(null);
  const [waiting, setWaiting] = useState(false);
  const email = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);
  const isNew = way === "sign-up";
  const [country, setCountry] = useState("");
  useEffect(() => {
    if (!isNew) return;
    // Browsers take a tenth of a second to think of every country's clocks: the page is shown first.
    const soon = window.setTimeout(() => setCountry((chosen) => chosen || likelyHere()));
    return () => window.clearTimeout(soon);
  }, [isNew]);

  const knock = async () => {
    setWaiting(true);
    setRefusal(null);
    const no = await enter(way, email.current?.value.trim() ?? "", password.current?.value ?? "", country);
    setWaiting(false);
    if (no === null) {
      entered(then);
      return;
    }
    if ("ticket" in no) {
      onSecondStep?.(no.ticket);
      return;
    }
    setRefusal(no);
    (no.field === "email" ? email : password).current?.focus();
  };

  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (!waiting) void knock();
  };

  return (
    <div className={styles["door"]}>
      {above ?? <Mark large />}
      <div className={styles["panel"]}>
        <h1 className={styles["heading"]}>{heading}</h1>
        <p className={styles["lead"]}>{lead}</p>
        <form className={styles["form"]} onSubmit={submit} noValidate>
          {refusal !== null && refusal.field === null && (
            <RefusalWords title={refusal.title} reason={refusal.reason} />
          )}
          <Field
            ref={email}
            label="Email"
            type="email"
            name="email"
            required
            autoComplete="username"
            wrong={wordsOf(refusal?.field === "email" ? refusal : null)}
          />
          <Field
            ref={password}
            label="Password"
            type="password"
            name="password"
            required
            autoComplete={isNew ? "new-password" : "current-password"}
            wrong={wordsOf(refusal?.field === "password" ? refusal : null)}
            hint={hint}
          />
          {isNew && (
            <Select
              label="At home in"
              name="country"
              autoComplete="country"
              value={country}
              options={[...(country === "" ? [["", "Not said"] as const] : []), ...COUNTRIES.map((code) => [code, nameOf(code)] as const)]}
              onChoose={setCountry}
              hint="It decides which titles are shown, and changes once in thirty days at most."
            />
          )}
          <Button main type="submit" aria-disabled={waiting} className={styles["act"]}>
            {act}
          </Button>
        </form>
        {instead}
        <p className={styles["other"]}>{children}</p>
      </div>
    </div>
  );
}
