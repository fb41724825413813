import { useState } from "react";
import { useQuery } from "urql";
import { Button } from "../house/button";
import { inMoney } from "../money/money";
import { OperatorFrame } from "./frame";
import styles from "./members-page.module.css";
import { Lines, Panel, Quiet, State } from "./panel";
import { PlanAsk } from "./plan-ask";
import { currenciesOf, PriceListQuery, type PricedPlan } from "./price-list";

/** What is for sale, at which price, and what it gives. */
export function PlansPage() {
  const [{ data, error }] = useQuery({ query: PriceListQuery, requestPolicy: "cache-and-network" });
  const [edited, setEdited] = useState<PricedPlan | "new" | null>(null);
  return (
    <OperatorFrame at="/operator/plans" heading="Plans" found={data?.tillRoom} error={error} what="the plans">
      {({ plans }) => {
        const currencies = currenciesOf(plans);
        return (
          <Panel
            title="For sale"
            aside={
              plans.length > 0 && (
                <div className={styles["acts"]}>
                  <Button onClick={() => setEdited("new")}>Add a plan</Button>
                </div>
              )
            }
          >
            {plans.length === 0 ? (
              <Quiet>This house asks for no money, so it has no plans. Give its topology a [billing] table to have some.</Quiet>
            ) : (
              <Lines label="List of plans" columns={["Plan", "Picture", "Screens", "Trial", ...currencies, "State", "(Acts)"]}>
                {plans.map((plan) => (
                  <PlanLine key={plan.id} plan={plan} currencies={currencies} onEdit={() => setEdited(plan)} />
                ))}
              </Lines>
            )}
            {edited !== null && (
              <PlanAsk plan={edited === "new" ? null : edited} currencies={currencies} onClose={() => setEdited(null)} />
            )}
          </Panel>
        );
      }}
    </OperatorFrame>
  );
}

interface PlanLineProps {
  readonly plan: PricedPlan;
  readonly currencies: readonly string[];
  readonly onEdit: () => void;
}

function PlanLine({ plan, currencies, onEdit }: PlanLineProps) {
  return (
    <tr>
      <th scope="row">{plan.name}</th>
      <td>{plan.height === 0 ? "any" : `${plan.height}p`}</td>
      <td>{plan.screens}</td>
      <td>{plan.trialDays === 0 ? "none" : `${plan.trialDays} days`}</td>
      {currencies.map((currency) => {
        const price = plan.prices.find((each) => each.currency === currency);
        return <td key={currency}>{price === undefined ? "—" : `${inMoney(price)}${plan.yearly ? " a year" : ""}`}</td>;
      })}
      <td>
        <State light={plan.onSale ? "good" : "off"}>{plan.onSale ? "on sale" : "not on sale"}</State>
      </td>
      <td className={styles["given"]}>
        <span className={styles["acts"]}>
          <Button onClick={onEdit}>
            Edit<span className="unseen"> {plan.name}</span>
          </Button>
        </span>
      </td>
    </tr>
  );
}
