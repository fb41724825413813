import { useEffect, useState } from "react";
import { Button } from "../house/button";
import { RefusalWords } from "../house/refusal";
import { Panel } from "../operator/panel";
import { inWords, type LetIn } from "./apps";
import { asks, dayOf, readFrom, type Answer } from "./keys";
import type { PanelProps } from "./security-page";
import styles from "./keys.module.css";

type Apps = Answer<{ readonly apps: readonly LetIn[] }>;

/** Apps of other people's making that the account let in. Whatever shows everybody out changes the keyring, and shows them out, too. */
export function AppsPanel({ keyring }: PanelProps) {
  const [answer, setAnswer] = useState<Apps | null>(null);
  const [now] = useState(() => Date.now());
  useEffect(() => {
    let here = true;
    void readFrom<{ readonly apps: readonly LetIn[] }>("/auth/apps").then((heard) => {
      if (here) setAnswer(heard);
    });
    return () => {
      here = false;
    };
  }, [keyring]);
  const takeBack = async (id: string) => setAnswer(await asks("/auth/apps/take-back", { id }));
  if (answer === null) return null;
  return (
    <Panel title="Apps">
      {answer.no !== undefined && <RefusalWords title={answer.no.title} reason={answer.no.reason} />}
      {answer.said?.apps.length === 0 && (
        <p className={styles["text"]}>You let no app in. One that wants in sends you here, and you are asked first.</p>
      )}
      <ul className={styles["things"]} role="list">
        {answer.said?.apps.map((app) => (
          <li key={app.id} className={styles["thing"]}>
            <span className={styles["words"]}>
              <span className={styles["name"]}>{app.name}</span>
              <span className={styles["note"]}>{mayDo(app, keyring.email)}</span>
              <span className={styles["note"]}>
                {app.sinceMs === 0 ? "Let in long ago" : `Let in ${dayOf(app.sinceMs, now)}`} ·{" "}
                {app.usedMs === 0 ? "not used yet" : `last used ${dayOf(app.usedMs, now)}`}
              </span>
            </span>
            <Button className={styles["small"]} onClick={() => void takeBack(app.id)}>
              Take back<span className="unseen"> {app.name}</span>
            </Button>
          </li>
        ))}
      </ul>
      {answer.said !== undefined && answer.said.apps.length > 0 && (
        <div className={styles["foot"]}>
          <p className={styles["note"]}>An app that is taken back may go on for up to ten minutes, and has to ask you anew.</p>
        </div>
      )}
    </Panel>
  );
}

/** "It may know you again; browse and play as Asha, and change Asha’s list." */
function mayDo({ scopes, profiles }: LetIn, email: string): string {
  const words = scopes.map((scope) => inWords(scope, { email, name: profiles.join(" and ") }));
  return `It may ${words.map((each) => each.charAt(0).toLowerCase() + each.slice(1)).join("; ")}.`;
}
