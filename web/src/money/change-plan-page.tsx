import { useState, type SubmitEvent } from "react";
import { useClient, useQuery } from "urql";
import { Button, LinkPill } from "../house/button";
import { isSignedOut } from "../house/client";
import { usePageName } from "../house/page";
import { Refusal } from "../house/refusal";
import { Unanswered } from "../house/unanswered";
import { go } from "../house/way";
import { BACK_TO_ACCOUNT } from "./use-settle";
import { ChangePlan } from "./acts";
import styles from "./join.module.css";
import { PlansQuery, type Membership, type Plan, type Quote } from "./operations";
import { PlanCards, PlanCardsSkeleton } from "./plan-cards";
import { NoQuote, QuotePanel } from "./quote-panel";
import { Stage } from "./stage";
import { followed, useAct } from "./use-act";
import { useQuote } from "./use-quote";

const BACK = { to: "/account", name: "Account" };

/** Another plan: a dearer one at once, a cheaper one from the next period on, with its price before it is chosen. */
export function ChangePlanPage() {
  usePageName("Change plan");
  const [{ data, error }] = useQuery({ query: PlansQuery, requestPolicy: "cache-and-network" });
  if (data === undefined && error !== undefined && !isSignedOut(error)) return <Unanswered what="the plans" home />;
  const may = data?.membership.may.includes("CHANGE") ?? true;
  return (
    <Stage heading="Change your plan" lead="More at once; less from the next payment on." back={BACK}>
      {data === undefined ? (
        <PlanCardsSkeleton />
      ) : may ? (
        <Changing plans={data.plans} membership={data.membership} />
      ) : (
        <div className={styles["ways"]}>
          <p className={styles["quiet"]}>There is no plan to change just now. Your account page says how it stands.</p>
          <LinkPill to="/account" main>
            To your account
          </LinkPill>
        </div>
      )}
    </Stage>
  );
}

function Changing({ plans, membership }: { readonly plans: readonly Plan[]; readonly membership: Membership }) {
  const client = useClient();
  const current = membership.plan?.id ?? "";
  const [chosen, setChosen] = useState(membership.nextPlan?.id ?? current);
  const isOther = chosen !== current && chosen !== membership.nextPlan?.id;
  const { quote, no, again } = useQuote(isOther ? chosen : null, "");
  const { no: refused, waiting, act, forget } = useAct();
  const name = plans.find(({ id }) => id === chosen)?.name ?? "it";

  const change = async ({ plan, now, asOf }: Quote) => {
    const wish = { plan: plan.id, quotedMinor: now.minor, asOf };
    const step = await act(client.mutation(ChangePlan, wish).toPromise());
    if (step === null) again();
    else if (!followed(step)) go(BACK_TO_ACCOUNT);
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (quote !== null && !waiting) void change(quote);
  };
  return (
    <form className={styles["form"]} onSubmit={submit} noValidate>
      <PlanCards
        plans={plans}
        chosen={chosen}
        current={current}
        onChoose={(id) => {
          setChosen(id);
          forget();
        }}
      />
      {isOther && (
        <div className={styles["order"]}>
          {quote === null ? <NoQuote no={no} fields={[]} /> : <QuotePanel quote={quote} />}
          <Refusal no={refused} />
          <Button main type="submit" className={styles["wide"]} aria-disabled={waiting || quote === null}>
            Change to {name}
          </Button>
        </div>
      )}
    </form>
  );
}
