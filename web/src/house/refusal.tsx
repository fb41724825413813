import styles from "./refusal.module.css";

/** A no in the house's words. */
export interface No {
  readonly headline: string;
  readonly reason: string;
  /** The input at fault, if one is. */
  readonly field: string | null;
}

export const UNANSWERED: No = {
  headline: "Matinee did not answer.",
  reason: "We do not know whether it was done. Look again in a moment before you repeat it.",
  field: null,
};

/** What stands under a field that a no is about. */
export const wrongIn = (no: No | null, field: string): string | null =>
  no?.field === field ? `${no.headline} ${no.reason}` : null;

/** The same, of a no of the door's. */
export const wordsOf = (no: { readonly title: string; readonly reason: string } | null): string | null =>
  no === null ? null : `${no.title} ${no.reason}`;

/** A no that belongs to no field in sight, where it is read out at once. */
export function Refusal({ no, fields = [] }: { readonly no: No | null; readonly fields?: readonly string[] }) {
  if (no === null || (no.field !== null && fields.includes(no.field))) return null;
  return <RefusalWords title={no.headline} reason={no.reason} />;
}

/** The same, for who has its words apart. */
export function RefusalWords({ title, reason }: { readonly title: string; readonly reason: string }) {
  return (
    <p className={styles["refusal"]} role="alert">
      <strong>{title}</strong>
      {reason}
    </p>
  );
}
