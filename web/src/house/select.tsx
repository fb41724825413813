import { useId } from "react";
import styles from "./field.module.css";

interface SelectProps {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, words: string])[];
  readonly onChoose: (value: string) => void;
  readonly name?: string;
  readonly autoComplete?: string;
  readonly hint?: string;
}

/** A field that offers what it takes. */
export function Select({ label, value, options, onChoose, hint, ...select }: SelectProps) {
  const id = useId();
  const note = useId();
  return (
    <div className={styles["field"]}>
      <label htmlFor={id}>{label}</label>
      <select
        id={id}
        value={value}
        aria-describedby={hint === undefined ? undefined : note}
        onChange={(event) => onChoose(event.target.value)}
        {...select}
      >
        {options.map(([each, words]) => (
          <option key={each} value={each}>
            {words}
          </option>
        ))}
      </select>
      {hint !== undefined && (
        <p id={note} className={styles["hint"]}>
          {hint}
        </p>
      )}
    </div>
  );
}
