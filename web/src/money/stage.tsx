import type { ReactNode } from "react";
import { BackIcon } from "../house/icons";
import { Link } from "../house/link";
import { Mark } from "../house/mark";
import styles from "./stage.module.css";

interface TopProps {
  /** "2 of 3", while there is a way to go. */
  readonly place?: string | undefined;
  /** One step back, with what was chosen. */
  readonly back?: { readonly to: string; readonly name: string } | undefined;
}

interface StageProps extends TopProps {
  readonly heading: string;
  readonly lead?: ReactNode;
  readonly narrow?: boolean;
  readonly children: ReactNode;
}

/** One step on a way to somewhere: where one is on it, what is asked here, and nothing else. */
export function Stage({ heading, lead, place, back, narrow = false, children }: StageProps) {
  return (
    <div className={styles["stage"]}>
      <StageTop place={place} back={back} />
      <div className={narrow ? `${styles["body"]} ${styles["narrow"]}` : styles["body"]}>
        <h1 className={styles["heading"]}>{heading}</h1>
        {lead !== undefined && <p className={styles["lead"]}>{lead}</p>}
        {children}
      </div>
    </div>
  );
}

/** Where one is on the way, and the step before. */
export function StageTop({ place, back }: TopProps) {
  return (
    <div className={styles["top"]}>
      {back === undefined ? (
        <span />
      ) : (
        <Link to={back.to} className={styles["back"]}>
          <BackIcon />
          {back.name}
        </Link>
      )}
      <Link to="/" className={styles["mark"]} aria-label="matinee, home">
        <Mark />
      </Link>
      <span className={styles["place"]}>
        {place !== undefined && <span className="unseen">Step </span>}
        {place}
      </span>
    </div>
  );
}
