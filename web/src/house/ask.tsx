import { useEffect, useRef, type ReactNode } from "react";
import styles from "./ask.module.css";

interface AskProps {
  readonly title: string;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A question that wants an answer before anything is done. Escape is a no. */
export function Ask({ title, onClose, children }: AskProps) {
  const card = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = card.current;
    dialog?.showModal();
    return () => dialog?.close();
  }, []);
  return (
    <dialog ref={card} className={styles["card"]} aria-label={title} onClose={onClose}>
      <h2 className={styles["title"]}>{title}</h2>
      {children}
    </dialog>
  );
}

/** Its buttons, the one that does it first. */
export function Answers({ children }: { readonly children: ReactNode }) {
  return <div className={styles["answers"]}>{children}</div>;
}
