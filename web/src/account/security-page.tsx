import { useCallback, useEffect, useState } from "react";
import { usePageName } from "../house/page";
import { Notice } from "../house/notice";
import { AppsPanel } from "./apps-panel";
import { CodesPanel } from "./codes-panel";
import { Confirming, useSure, type Sure } from "./confirming";
import { DevicesPanel } from "./devices-panel";
import { EmailPanel } from "./email-panel";
import { readKeyring, type Answer, type Keyring, type No } from "./keys";
import { PasskeysPanel } from "./passkeys-panel";
import { PasswordPanel } from "./password-panel";
import styles from "./keys.module.css";

/** What every panel is given: the keyring, a way to change it, and a way to look at it anew. */
export interface PanelProps {
  readonly keyring: Keyring;
  readonly sure: Sure;
  /** Does what answers with the keyring as it is then; the no, if it was one. */
  readonly change: (work: () => Promise<Answer<Keyring>>) => Promise<No | null>;
  readonly lookAgain: () => Promise<void>;
}

/** What an account's people come in by, and where they are in. */
export function SecurityPage() {
  usePageName("Signing in");
  const [answer, setAnswer] = useState<Answer<Keyring> | null>(null);
  const { sure, asked } = useSure();
  const lookAgain = useCallback(async () => setAnswer(await readKeyring()), []);
  useEffect(() => {
    void readKeyring().then(setAnswer);
  }, []);

  if (answer === null) return <div className={styles["page"]} role="status" aria-label="Loading how you sign in" />;
  if (answer.no !== undefined) return <Notice urgent title={answer.no.title} reason={answer.no.reason} />;

  const keyring = answer.said;
  const change = async (work: () => Promise<Answer<Keyring>>) => {
    const changed = await sure(work);
    if (changed.no === undefined) setAnswer(changed);
    return changed.no !== undefined && changed.no.field !== "confirm" ? changed.no : null;
  };
  const panel: PanelProps = { keyring, sure, change, lookAgain };
  return (
    <div className={styles["page"]}>
      <h1>Signing in</h1>
      <p className={styles["lead"]}>How you come in, and where you are in.</p>
      {keyring.operator && !keyring.codes && keyring.passkeys.length === 0 && (
        <p className={styles["urged"]}>
          You look after this house: whoever has your password has the house. Set up a passkey or one-time codes.
        </p>
      )}
      <EmailPanel {...panel} />
      <PasswordPanel {...panel} />
      <PasskeysPanel {...panel} />
      <CodesPanel {...panel} />
      <DevicesPanel {...panel} />
      <AppsPanel {...panel} />
      {asked !== null && <Confirming passkeys={keyring.passkeys.length > 0} onDone={asked} />}
    </div>
  );
}
