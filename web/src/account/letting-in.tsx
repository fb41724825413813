import { useState } from "react";
import { Button } from "../house/button";
import { Link } from "../house/link";
import { pathTo } from "../house/way";
import { decide, inWords, type Asked, type Question } from "./apps";
import { Avatar } from "./avatar";
import type { DoorRefusal } from "./door";
import { RefusalWords } from "../house/refusal";
import styles from "./letting-in.module.css";

interface LettingInProps {
  readonly asked: Asked;
  readonly question: Question;
  /** Where this is asked, to come back to. */
  readonly here: string;
  readonly onDecided: (allowed: boolean, onward: string) => void;
}

/** An app wants in: who it is, what it would do, as whom; and two answers. */
export function LettingIn({ asked, question, here, onDecided }: LettingInProps) {
  const [refusal, setRefusal] = useState<DoorRefusal | null>(null);
  const [waiting, setWaiting] = useState(false);
  const { app, profile, scopes, leadsTo, code } = question;

  const say = async (allow: boolean) => {
    if (waiting) return;
    setWaiting(true);
    setRefusal(null);
    const answer = await decide(asked, profile.id, allow);
    if (typeof answer === "string") {
      onDecided(allow, answer);
      return;
    }
    setWaiting(false);
    setRefusal(answer);
  };

  return (
    <div className={styles["panel"]}>
      <h1 className={styles["heading"]}>Let {app} in?</h1>
      {code !== "" && (
        <p className={styles["lead"]}>
          Only if the screen before you shows <strong className={styles["code"]}>{code}</strong>
        </p>
      )}
      <div className={styles["who"]}>
        <span className={styles["avatar"]}>
          <Avatar name={profile.avatar} />
        </span>
        <span className={styles["name"]}>
          As <strong>{profile.name}</strong>
        </span>
        <Link to={pathTo.who(here)}>Somebody else?</Link>
      </div>
      <div>
        <p className={styles["lead"]} id="may">
          It would be able to
        </p>
        <ul className={styles["scopes"]} aria-labelledby="may">
          {scopes.map((scope) => (
            <li key={scope}>{inWords(scope, { email: question.email, name: profile.name })}</li>
          ))}
        </ul>
      </div>
      <p className={styles["note"]}>
        {app} is not made by this house: let it in if you know it. It gets neither your password nor your cards.
        {leadsTo !== "" && (
          <>
            {" "}
            It takes you on to <strong>{leadsTo}</strong>.
          </>
        )}
      </p>
      {refusal !== null && <RefusalWords title={refusal.title} reason={refusal.reason} />}
      <div className={styles["answers"]}>
        <Button main aria-disabled={waiting} onClick={() => void say(true)}>
          Allow
        </Button>
        <Button aria-disabled={waiting} onClick={() => void say(false)}>
          Not now
        </Button>
      </div>
    </div>
  );
}
