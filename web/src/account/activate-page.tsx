import { useEffect, useId, useRef, useState, type SubmitEvent } from "react";
import { Button, LinkPill } from "../house/button";
import { Mark } from "../house/mark";
import { usePageName } from "../house/page";
import { go } from "../house/way";
import { ask, codeAsTyped, type Question } from "./apps";
import type { DoorRefusal } from "./door";
import { LettingIn } from "./letting-in";
import { RefusalWords } from "../house/refusal";
import styles from "./letting-in.module.css";

const activate = (code: string) => (code === "" ? "/activate" : `/activate?${new URLSearchParams({ code }).toString()}`);

/** A television waits for somebody with a phone: here they type what it shows. */
export function ActivatePage({ search }: { readonly search: string }) {
  usePageName("A screen wants in");
  const given = codeAsTyped(new URLSearchParams(search).get("code") ?? "");
  const [question, setQuestion] = useState<Question | null>(null);
  const [refusal, setRefusal] = useState<DoorRefusal | null>(null);
  const [decided, setDecided] = useState<boolean | null>(null);

  useEffect(() => {
    if (given === "") return;
    let still = true;
    void ask({ code: given }, activate(given)).then((heard) => {
      if (!still || heard === "elsewhere") return;
      if ("reason" in heard) setRefusal(heard);
      else setQuestion(heard);
    });
    return () => {
      still = false;
    };
  }, [given]);

  if (decided !== null) {
    return (
      <div className={styles["page"]}>
        <Mark large />
        <div className={styles["panel"]} role="status">
          <h1 className={styles["heading"]}>{decided ? "You’re in" : "Nothing was let in"}</h1>
          <p className={styles["lead"]}>
            {decided ? "The other screen goes on by itself in a moment." : "The other screen will say so, too."}
          </p>
          <LinkPill to="/">To your films</LinkPill>
        </div>
      </div>
    );
  }
  return (
    <div className={styles["page"]}>
      <Mark large />
      {question === null ? (
        <CodeForm given={given} refusal={refusal} />
      ) : (
        <LettingIn asked={{ code: question.code }} question={question} here={activate(given)} onDecided={setDecided} />
      )}
    </div>
  );
}

function CodeForm({ given, refusal }: { readonly given: string; readonly refusal: DoorRefusal | null }) {
  const [code, setCode] = useState(given);
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => input.current?.focus(), [refusal]);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    // The same code again is looked for again.
    if (code === given) window.location.reload();
    else go(activate(code), "replace");
  };
  return (
    <form className={styles["panel"]} onSubmit={submit} noValidate>
      <h1 className={styles["heading"]}>What does the screen show?</h1>
      <p className={styles["lead"]}>Type the eight letters. Big or small, with the dash or without.</p>
      {refusal !== null && <RefusalWords title={refusal.title} reason={refusal.reason} />}
      <label className="unseen" htmlFor={id}>
        The code on the screen
      </label>
      <input
        ref={input}
        id={id}
        className={styles["typed"]}
        value={code}
        onChange={(event) => setCode(codeAsTyped(event.currentTarget.value))}
        placeholder="XXXX-XXXX"
        autoComplete="off"
        autoCapitalize="characters"
        spellCheck={false}
        aria-invalid={refusal !== null}
      />
      <Button main type="submit" disabled={code.length < 9}>
        Go on
      </Button>
    </form>
  );
}
