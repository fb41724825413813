import { useId, useRef, useState, type ReactNode, type SubmitEvent } from "react";
import { Button } from "../house/button";
import { Mark } from "../house/mark";
import { enter, type DoorRefusal } from "./door";
import { useSession } from "./session";
import styles from "./door-form.module.css";

interface DoorFormProps {
  readonly way: "sign-up" | "sign-in";
  readonly heading: string;
  readonly lead: ReactNode;
  readonly act: "Sign up" | "Sign in";
  readonly hint?: string;
  readonly children: ReactNode;
}

export function DoorForm({ way, heading, lead, act, hint, children }: DoorFormProps) {
  const { entered } = useSession();
  const [refusal, setRefusal] = useState<DoorRefusal | null>(null);
  const [waiting, setWaiting] = useState(false);
  const email = useRef<HTMLInputElement>(null);
  const password = useRef<HTMLInputElement>(null);

  const knock = async () => {
    setWaiting(true);
    setRefusal(null);
    const no = await enter(way, email.current?.value.trim() ?? "", password.current?.value ?? "");
    setWaiting(false);
    if (no === null) {
      entered();
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
      <Mark large />
      <div className={styles["panel"]}>
        <h1 className={styles["heading"]}>{heading}</h1>
        <p className={styles["lead"]}>{lead}</p>
        <form className={styles["form"]} onSubmit={submit} noValidate>
          {refusal !== null && refusal.field === null && (
            <div className={styles["refusal"]} role="alert">
              <strong>{refusal.title}</strong>
              {refusal.reason}
            </div>
          )}
          <Field
            ref={email}
            label="Email"
            type="email"
            autoComplete="username"
            refusal={refusal?.field === "email" ? refusal : null}
          />
          <Field
            ref={password}
            label="Password"
            type="password"
            autoComplete={way === "sign-up" ? "new-password" : "current-password"}
            refusal={refusal?.field === "password" ? refusal : null}
            hint={hint}
          />
          <Button main type="submit" aria-disabled={waiting} className={styles["act"]}>
            {act}
          </Button>
        </form>
        <p className={styles["other"]}>{children}</p>
      </div>
    </div>
  );
}

interface FieldProps {
  readonly ref: React.RefObject<HTMLInputElement | null>;
  readonly label: string;
  readonly type: "email" | "password";
  readonly autoComplete: string;
  readonly refusal: DoorRefusal | null;
  readonly hint?: string | undefined;
}

function Field({ ref, label, type, autoComplete, refusal, hint }: FieldProps) {
  const id = useId();
  const note = useId();
  const described = refusal !== null || hint !== undefined;
  return (
    <div className={styles["field"]}>
      <label htmlFor={id}>{label}</label>
      <input
        ref={ref}
        id={id}
        name={type}
        type={type}
        autoComplete={autoComplete}
        autoCapitalize="none"
        spellCheck={false}
        required
        aria-invalid={refusal !== null}
        aria-describedby={described ? note : undefined}
      />
      {refusal !== null ? (
        <p id={note} className={styles["wrong"]} role="alert">
          {refusal.title}. {refusal.reason}
        </p>
      ) : (
        hint !== undefined && (
          <p id={note} className={styles["hint"]}>
            {hint}
          </p>
        )
      )}
    </div>
  );
}
