import { useEffect, useRef } from "react";
import { Button } from "../house/button";
import { HELP } from "./keys";
import styles from "./help-card.module.css";

/** Every key at a glance; the film goes on behind it. */
export function HelpCard({ onClose }: { readonly onClose: () => void }) {
  const card = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = card.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog ref={card} className={styles["card"]} aria-label="Keys" onClose={onClose}>
      <h2 className={styles["heading"]}>Keys</h2>
      <dl className={styles["list"]}>
        {HELP.map(([keys, does]) => (
          <div key={does} className={styles["line"]}>
            <dt className={styles["keys"]}>
              {keys.map((key) => (key === "…" ? <span key={key}>to</span> : <kbd key={key}>{key}</kbd>))}
            </dt>
            <dd>{does}</dd>
          </div>
        ))}
      </dl>
      <Button main onClick={onClose}>
        Back to the film
      </Button>
    </dialog>
  );
}
