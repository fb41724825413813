import { useState } from "react";
import { Button } from "../house/button";
import { Panel } from "../operator/panel";
import { asks, dayOf, type Keyring, type No } from "./keys";
import { RefusalWords } from "../house/refusal";
import type { PanelProps } from "./security-page";
import styles from "./keys.module.css";

/** Where the account is signed in. */
export function DevicesPanel({ keyring, change }: PanelProps) {
  const [no, setNo] = useState<No | null>(null);
  const [now] = useState(() => Date.now());
  const end = async (id: string) => setNo(await change(() => asks<Keyring>("/auth/devices/end", { id })));
  return (
    <Panel title="Devices">
      {no !== null && <RefusalWords title={no.title} reason={no.reason} />}
      <ul className={styles["things"]} role="list">
        {keyring.devices.map((device) => (
          <li key={device.id} className={styles["thing"]}>
            <span className={styles["words"]}>
              <span className={styles["name"]}>{device.name}</span>
              <span className={styles["note"]}>
                {device.here ? "This one" : `Last here ${dayOf(device.seenMs, now)}`}
                {device.cameFrom !== "" && ` · from ${device.cameFrom}`} · signed in {dayOf(device.addedMs, now)}
              </span>
            </span>
            {!device.here && (
              <Button className={styles["small"]} onClick={() => void end(device.id)}>
                Sign out<span className="unseen"> {device.name}</span>
              </Button>
            )}
          </li>
        ))}
      </ul>
      <div className={styles["foot"]}>
        {keyring.devices.length > 1 && (
          <Button className={styles["small"]} onClick={() => void end("")}>
            Sign out everywhere else
          </Button>
        )}
        <p className={styles["note"]}>
          A device that is signed out may go on for up to ten minutes, and not come back.
          {keyring.devices.length > 1 && " Signing out everywhere else shows apps out, too."}
        </p>
      </div>
    </Panel>
  );
}
