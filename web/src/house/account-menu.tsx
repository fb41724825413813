import { useEffect, useId, useRef, useState } from "react";
import { useQuery } from "urql";
import { useSession } from "../account/session";
import { ViewerQuery } from "./viewer";
import { AccountIcon } from "./icons";
import styles from "./account-menu.module.css";

export function AccountMenu() {
  const [{ data }] = useQuery({ query: ViewerQuery });
  const { signOut } = useSession();
  const [open, setOpen] = useState(false);
  const [stuck, setStuck] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  const panel = useId();

  useEffect(() => {
    if (!open) return;
    const away = (event: PointerEvent) => {
      if (event.target instanceof Node && !root.current?.contains(event.target)) setOpen(false);
    };
    const escape = (event: KeyboardEvent) => {
      if (event.key !== "Escape") return;
      setOpen(false);
      opener.current?.focus();
    };
    document.addEventListener("pointerdown", away);
    document.addEventListener("keydown", escape);
    return () => {
      document.removeEventListener("pointerdown", away);
      document.removeEventListener("keydown", escape);
    };
  }, [open]);

  return (
    <div ref={root} className={styles["account"]}>
      <button
        ref={opener}
        type="button"
        className={styles["opener"]}
        aria-label="Account"
        aria-expanded={open}
        aria-controls={panel}
        onClick={() => setOpen(!open)}
      >
        <span className={styles["avatar"]} aria-hidden="true" />
        <span className={styles["phone"]} aria-hidden="true">
          <AccountIcon />
          Account
        </span>
      </button>
      <div id={panel} className={styles["panel"]} hidden={!open}>
        <p className={styles["who"]}>
          <span className={styles["email"]}>{data?.viewer.email ?? "Signed in"}</span>
          {data?.viewer.operator === true && <span className={styles["role"]}>Operator of this house</span>}
        </p>
        <button
          type="button"
          className={styles["choice"]}
          onClick={() => void signOut().then((done) => setStuck(!done))}
        >
          Sign out
        </button>
        {stuck && (
          <p className={styles["stuck"]} role="alert">
            You are still signed in: Matinee did not answer. Try again in a moment.
          </p>
        )}
      </div>
    </div>
  );
}
