import { useState } from "react";
import { Field } from "../house/field";
import styles from "./join.module.css";

interface CodeFieldProps {
  readonly code: string;
  readonly wrong?: string | null;
  readonly onChange: (code: string) => void;
}

/** A coupon for those who have one; for all others one quiet line. */
export function CodeField({ code, wrong = null, onChange }: CodeFieldProps) {
  const [open, setOpen] = useState(code !== "");
  if (!open && wrong === null) {
    return (
      <button type="button" className={styles["quietly"]} onClick={() => setOpen(true)}>
        I have a code
      </button>
    );
  }
  return (
    <Field
      className={styles["code"]}
      label="Your code"
      name="code"
      value={code}
      wrong={wrong}
      autoComplete="off"
      autoCapitalize="characters"
      spellCheck={false}
      maxLength={40}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
