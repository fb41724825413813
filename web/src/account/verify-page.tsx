import { useEffect, useState } from "react";
import { LinkPill } from "../house/button";
import { Mark } from "../house/mark";
import { usePageName } from "../house/page";
import { asks, type Answer } from "./keys";
import { useProof } from "./proof";
import styles from "./door-form.module.css";

type Verified = Answer<{ readonly email: string }>;

/** A link works once: however often the page asks, the house is asked once. */
const asked = new Map<string, Promise<Verified>>();

function verified(proof: string): Promise<Verified> {
  const before = asked.get(proof) ?? asks<{ readonly email: string }>("/auth/verify", { proof });
  asked.set(proof, before);
  return before;
}

/** Where the letter leads that proves an address. */
export function VerifyPage() {
  usePageName("Your email");
  const proof = useProof();
  const [answer, setAnswer] = useState<Verified | null>(null);
  useEffect(() => {
    let here = true;
    void verified(proof).then((said) => {
      if (here) setAnswer(said);
    });
    return () => {
      here = false;
    };
  }, [proof]);

  return (
    <div className={styles["door"]}>
      <Mark large />
      <div className={styles["panel"]} aria-live="polite">
        {answer === null ? (
          <p className={styles["lead"]}>One moment.</p>
        ) : (
          <>
            <h1 className={styles["heading"]}>{answer.no?.title.replace(/\.$/, "") ?? "That is you"}</h1>
            <p className={styles["lead"]}>{answer.no?.reason ?? `${answer.said?.email ?? ""} is yours, we know now.`}</p>
            <p className={styles["onward"]}>
              <LinkPill to={answer.no === undefined ? "/" : "/account/security"} main>
                {answer.no === undefined ? "Go on watching" : "Ask for a new letter"}
              </LinkPill>
            </p>
          </>
        )}
      </div>
    </div>
  );
}
