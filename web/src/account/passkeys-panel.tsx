import { useRef, useState, type SubmitEvent } from "react";
import { Button } from "../house/button";
import { Field } from "../house/field";
import { Panel } from "../operator/panel";
import { asks, dayOf, type Answer, type Keyring, type No, type Passkey } from "./keys";
import { canUsePasskeys, makePasskey } from "./passkey";
import { PasskeysElsewhere } from "./passkey-button";
import { RefusalWords } from "../house/refusal";
import type { PanelProps } from "./security-page";
import styles from "./keys.module.css";

async function addPasskey(name: string): Promise<Answer<Keyring>> {
  const made = await makePasskey();
  return made.no === undefined ? asks<Keyring>("/auth/passkey/add", { answer: made.said, name }) : made;
}

/** Passkeys: add, rename, remove. */
export function PasskeysPanel({ keyring, change }: PanelProps) {
  const [no, setNo] = useState<No | null>(null);
  const [edited, setEdited] = useState<Passkey | null>(null);
  const [now] = useState(() => Date.now());
  const add = async () => setNo(await change(() => addPasskey(`Passkey ${keyring.passkeys.length + 1}`)));
  const remove = async (id: string) => setNo(await change(() => asks<Keyring>("/auth/passkey/remove", { id })));
  const rename = async (name: string) => {
    const refused = await change(() => asks<Keyring>("/auth/passkey/rename", { id: edited?.id ?? "", name }));
    setNo(refused);
    if (refused === null) setEdited(null);
  };
  return (
    <Panel title="Passkeys">
      <p className={styles["text"]}>
        Your phone or computer knows you and opens the door: nothing to type, nothing to guess, nothing to lose to a false
        page.
      </p>
      {no !== null && <RefusalWords title={no.title} reason={no.reason} />}
      <ul className={styles["things"]} role="list">
        {keyring.passkeys.map((passkey) => (
          <li key={passkey.id} className={styles["thing"]}>
            {edited?.id === passkey.id ? (
              <Rename passkey={passkey} onName={(name) => void rename(name)} onLeave={() => setEdited(null)} />
            ) : (
              <>
                <span className={styles["words"]}>
                  <span className={styles["name"]}>{passkey.name}</span>
                  <span className={styles["note"]}>
                    Added {dayOf(passkey.addedMs, now)} ·{" "}
                    {passkey.usedMs === 0 ? "not used yet" : `used ${dayOf(passkey.usedMs, now)}`}
                  </span>
                </span>
                <span className={styles["ways"]}>
                  <Button className={styles["small"]} onClick={() => setEdited(passkey)}>
                    Rename<span className="unseen"> {passkey.name}</span>
                  </Button>
                  <Button className={styles["small"]} onClick={() => void remove(passkey.id)}>
                    Remove<span className="unseen"> {passkey.name}</span>
                  </Button>
                </span>
              </>
            )}
          </li>
        ))}
      </ul>
      <div className={styles["foot"]}>
        {canUsePasskeys() ? (
          <Button className={styles["small"]} onClick={() => void add()}>
            Add a passkey
          </Button>
        ) : (
          <PasskeysElsewhere />
        )}
      </div>
    </Panel>
  );
}

interface RenameProps {
  readonly passkey: Passkey;
  readonly onName: (name: string) => void;
  readonly onLeave: () => void;
}

function Rename({ passkey, onName, onLeave }: RenameProps) {
  const name = useRef<HTMLInputElement>(null);
  return (
    <form
      className={styles["form"]}
      noValidate
      onSubmit={(event: SubmitEvent<HTMLFormElement>) => {
        event.preventDefault();
        onName(name.current?.value ?? "");
      }}
    >
      <Field ref={name} label={`A name for ${passkey.name}`} name="name" autoComplete="off" required />
      <span className={styles["ways"]}>
        <Button type="submit" className={styles["small"]}>
          Keep the name
        </Button>
        <Button className={styles["small"]} onClick={onLeave}>
          Leave it
        </Button>
      </span>
    </form>
  );
}
