import { useRef, useState, type ReactNode, type SubmitEvent } from "react";
import { Button, LinkPill } from "../house/button";
import { Field } from "../house/field";
import { Link } from "../house/link";
import { Mark } from "../house/mark";
import { usePageName } from "../house/page";
import { forgetMe } from "./door";
import { asks, type Answer, type No } from "./keys";
import { useProof } from "./proof";
import { RefusalWords, wordsOf } from "../house/refusal";
import styles from "./door-form.module.css";

/** A forgotten password: first a letter is asked for, then its link leads here again. */
export function ResetPage() {
  usePageName("A new password");
  const proof = useProof();
  return proof === "" ? <AskForLetter /> : <NewPassword proof={proof} />;
}

function AskForLetter() {
  const email = useRef<HTMLInputElement>(null);
  return (
    <OneField
      heading="Forgot it?"
      lead="Say your email, and we write you a letter with a link to a new password."
      field={(no) => <Field ref={email} label="Email" type="email" name="email" required autoComplete="username" wrong={wordsOf(no)} />}
      act="Write to me"
      onAct={() => asks("/auth/letters/reset", { email: email.current?.value.trim() ?? "" })}
      done={{
        heading: "Look at your letters",
        lead: "If that address has an account here, a link is on its way. It works once, within an hour.",
      }}
    />
  );
}

function NewPassword({ proof }: { readonly proof: string }) {
  const password = useRef<HTMLInputElement>(null);
  const change = async () => {
    const answer = await asks("/auth/reset", { proof, newPassword: password.current?.value ?? "" });
    if (answer.no === undefined) forgetMe();
    return answer;
  };
  return (
    <OneField
      heading="A new password"
      lead="Whoever is signed in on your account is signed out by it."
      field={(no) => (
        <Field
          ref={password}
          label="New password"
          type="password"
          name="password"
          required
          autoComplete="new-password"
          wrong={wordsOf(no)}
          hint="A few words in a row are easy to keep in mind and hard to guess."
        />
      )}
      act="Keep it"
      onAct={change}
      done={{ heading: "That is your password now", lead: "Sign in with it, and go on watching." }}
    />
  );
}

interface OneFieldProps {
  readonly heading: string;
  readonly lead: string;
  readonly field: (no: No | null) => ReactNode;
  readonly act: string;
  readonly onAct: () => Promise<Answer<unknown>>;
  readonly done: { readonly heading: string; readonly lead: string };
}

function OneField({ heading, lead, field, act, onAct, done }: OneFieldProps) {
  const [no, setNo] = useState<No | null>(null);
  const [isDone, setDone] = useState(false);
  const [waiting, setWaiting] = useState(false);
  const submit = async () => {
    setWaiting(true);
    const answer = await onAct();
    setWaiting(false);
    setNo(answer.no ?? null);
    setDone(answer.no === undefined);
  };
  const said = isDone ? done : { heading, lead };
  return (
    <div className={styles["door"]}>
      <Mark large />
      <div className={styles["panel"]} aria-live="polite">
        <h1 className={styles["heading"]}>{said.heading}</h1>
        <p className={styles["lead"]}>{said.lead}</p>
        {isDone ? (
          <p className={styles["onward"]}>
            <LinkPill to="/sign-in" main>
              To the door
            </LinkPill>
          </p>
        ) : (
          <form
            className={styles["form"]}
            noValidate
            onSubmit={(event: SubmitEvent<HTMLFormElement>) => {
              event.preventDefault();
              if (!waiting) void submit();
            }}
          >
            {no !== null && no.field === null && <RefusalWords title={no.title} reason={no.reason} />}
            {field(no !== null && no.field !== null ? no : null)}
            <Button main type="submit" aria-disabled={waiting} className={styles["act"]}>
              {act}
            </Button>
          </form>
        )}
        {!isDone && (
          <p className={styles["other"]}>
            <Link to="/sign-in">Back to the door</Link>
          </p>
        )}
      </div>
    </div>
  );
}
