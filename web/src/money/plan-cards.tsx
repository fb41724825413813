import { pictureInWords, screensInWords, eachInWords } from "./plan-words";
import { inMoney, type Money } from "./money";
import styles from "./plan-cards.module.css";

export interface Plan {
  readonly id: string;
  readonly name: string;
  readonly height: number;
  readonly screens: number;
  readonly yearly: boolean;
  readonly price: Money;
}

interface PlanCardsProps {
  readonly plans: readonly Plan[];
  readonly chosen: string;
  /** The one they have now, if any. */
  readonly current?: string | null;
  readonly onChoose: (id: string) => void;
}

/** The plans side by side, one of them chosen; arrow keys walk, as in any group of choices. */
export function PlanCards({ plans, chosen, current = null, onChoose }: PlanCardsProps) {
  return (
    <fieldset className={styles["plans"]}>
      <legend className="unseen">Plans</legend>
      {plans.map((plan) => (
        <label key={plan.id} className={styles["plan"]}>
          <input
            type="radio"
            name="plan"
            value={plan.id}
            checked={plan.id === chosen}
            onChange={() => onChoose(plan.id)}
          />
          <span className={styles["name"]}>{plan.name}</span>
          <span className={styles["price"]}>
            {inMoney(plan.price)} <small>{eachInWords(plan.yearly)}</small>
          </span>
          <span className={styles["facts"]}>
            <span>{pictureInWords(plan.height)}</span>
            <span>{screensInWords(plan.screens)}</span>
          </span>
          {plan.id === current && <span className={styles["current"]}>What you have now</span>}
        </label>
      ))}
    </fieldset>
  );
}

export function PlanCardsSkeleton() {
  return (
    <div className={styles["plans"]} role="status" aria-label="Loading the plans">
      {[0, 1, 2].map((each) => (
        <div key={each} className={`${styles["plan"]} ${styles["shape"]}`} />
      ))}
    </div>
  );
}
