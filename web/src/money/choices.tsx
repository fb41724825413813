import styles from "./choices.module.css";

interface ChoicesProps {
  readonly label: string;
  readonly name: string;
  readonly chosen: number;
  readonly choices: readonly { readonly value: number; readonly words: string }[];
  readonly onChoose: (value: number) => void;
}

/** A few choices side by side, one of them chosen. */
export function Choices({ label, name, chosen, choices, onChoose }: ChoicesProps) {
  return (
    <fieldset className={styles["choices"]}>
      <legend className="unseen">{label}</legend>
      {choices.map(({ value, words }) => (
        <label key={value} className={styles["choice"]}>
          <input type="radio" name={name} checked={value === chosen} onChange={() => onChoose(value)} />
          {words}
        </label>
      ))}
    </fieldset>
  );
}
