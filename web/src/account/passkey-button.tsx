import { useState } from "react";
import { Button } from "../house/button";
import { knock } from "./door";
import { canUsePasskeys, showPasskey } from "./passkey";
import { RefusalWords } from "../house/refusal";
import { useSession } from "./session";
import styles from "./keys.module.css";

interface PasskeyButtonProps {
  readonly onSecondStep: (ticket: string) => void;
}

/** In without typing anything. At a bare address browsers know no passkeys: then it says where they work. */
export function PasskeyButton({ onSecondStep }: PasskeyButtonProps) {
  const { entered } = useSession();
  const [no, setNo] = useState<{ readonly title: string; readonly reason: string } | null>(null);

  const enter = async () => {
    setNo(null);
    const shown = await showPasskey("sign-in");
    if (shown.no !== undefined) { setNo(shown.no); return; }
    const answer = await knock("/auth/passkey/sign-in", { answer: shown.said });
    if (answer === null) entered();
    else if ("ticket" in answer) onSecondStep(answer.ticket);
    else setNo(answer);
  };

  if (!canUsePasskeys()) return <PasskeysElsewhere />;
  return (
    <div className={styles["instead"]}>
      {no !== null && <RefusalWords title={no.title} reason={no.reason} />}
      <Button className={styles["wide"]} onClick={() => void enter()}>
        Use a passkey
      </Button>
    </div>
  );
}

/** Where passkeys work when they do not here. Said only on this machine's bare address, the one case we know the cure of. */
export function PasskeysElsewhere() {
  const { protocol, hostname, port, pathname } = window.location;
  if (hostname !== "127.0.0.1" && hostname !== "[::1]") return null;
  const there = `${protocol}//localhost${port === "" ? "" : `:${port}`}${pathname}`;
  return (
    <p className={styles["elsewhere"]}>
      Browsers know no passkeys at a bare address. They work at <a href={there}>localhost</a>.
    </p>
  );
}
