import { useId, type InputHTMLAttributes, type Ref } from "react";
import styles from "./field.module.css";

type FieldProps = InputHTMLAttributes<HTMLInputElement> & {
  readonly label: string;
  /** Why what stands in it was not taken; null or nothing while all is well. */
  readonly wrong?: string | null | undefined;
  readonly hint?: string | undefined;
  readonly ref?: Ref<HTMLInputElement>;
};

/** A field with its name above it, and what is wrong with it, or a hint, below. */
export function Field({ label, wrong = null, hint, className, ...input }: FieldProps) {
  const id = useId();
  const note = useId();
  const told = wrong ?? hint;
  return (
    <div className={[styles["field"], className ?? ""].join(" ").trim()}>
      <label htmlFor={id}>{label}</label>
      <input id={id} aria-invalid={wrong !== null} aria-describedby={told === undefined ? undefined : note} {...input} />
      {told !== undefined && (
        <p id={note} className={wrong === null ? styles["hint"] : styles["wrong"]} role={wrong === null ? undefined : "alert"}>
          {told}
        </p>
      )}
    </div>
  );
}
