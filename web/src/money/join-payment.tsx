import { useState, type SubmitEvent } from "react";
import { useClient, useQuery } from "urql";
import { Button, LinkPill } from "../house/button";
import { isSignedOut } from "../house/client";
import { usePageName } from "../house/page";
import { Refusal, wrongIn } from "../house/refusal";
import { Unanswered } from "../house/unanswered";
import { go } from "../house/way";
import { BeginMembership } from "./acts";
import { choiceOf, pathToDone, pathToStep, placeInWords, standing, type Choice } from "./choice";
import { CodeField } from "./code-field";
import styles from "./join.module.css";
import { PlansQuery, type Plan, type Quote } from "./operations";
import { NoQuote, QuotePanel } from "./quote-panel";
import { Stage } from "./stage";
import { followed, useAct } from "./use-act";
import { useQuote } from "./use-quote";

const CODE = "coupon";

/** The third step: what it costs, and on to the page where the card is left. */
export function JoinPayment({ search }: { readonly search: string }) {
  usePageName("Payment");
  const [{ data, error }] = useQuery({ query: PlansQuery, requestPolicy: "cache-and-network" });
  const choice = choiceOf(search);
  if (data === undefined) {
    if (error !== undefined && !isSignedOut(error)) return <Unanswered what="the plans" home />;
    return <Stage heading="One last thing" place={placeInWords("payment")}>{null}</Stage>;
  }
  const plan = standing(data.plans, choice.plan);
  if (plan === null || !data.membership.may.includes("BEGIN")) {
    return (
      <Stage heading="You have a seat" lead="There is nothing to pay here. Your account page says what you have." narrow>
        <LinkPill to="/account" main>
          To your account
        </LinkPill>
      </Stage>
    );
  }
  return (
    <Stage
      heading={plan.name}
      lead="This is what it costs. Cancel whenever you like."
      place={placeInWords("payment")}
      back={{ to: pathToStep("plan", { ...choice, plan: plan.id }), name: "Plan" }}
      narrow
    >
      <Paying plan={plan} choice={choice} />
    </Stage>
  );
}

function Paying({ plan, choice }: { readonly plan: Plan; readonly choice: Choice }) {
  const client = useClient();
  const { quote, no, again } = useQuote(plan.id, choice.code);
  const [code, setCode] = useState(choice.code);
  const { no: refused, waiting, act } = useAct();
  const unused = code.trim() !== choice.code;

  const begin = async ({ now, asOf }: Quote) => {
    const wish = { plan: plan.id, quotedMinor: now.minor, asOf, coupon: choice.code, backTo: pathToDone({ ...choice, plan: plan.id }) };
    const step = await act(client.mutation(BeginMembership, wish).toPromise());
    if (step === null) again();
    else if (!followed(step)) go(pathToDone({ ...choice, plan: plan.id }));
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (unused) go(pathToStep("payment", { plan: plan.id, code }), "replace");
    else if (quote !== null && !waiting) void begin(quote);
  };
  return (
    <form className={styles["form"]} onSubmit={submit} noValidate>
      {quote === null ? <NoQuote no={no} fields={[CODE]} /> : <QuotePanel quote={quote} />}
      <CodeField code={code} wrong={unused ? null : wrongIn(no ?? refused, CODE)} onChange={setCode} />
      <Refusal no={refused} fields={[CODE]} />
      <div className={styles["on"]}>
        <Button main type="submit" className={styles["wide"]} aria-disabled={waiting || (!unused && quote === null)}>
          {unused ? (code.trim() === "" ? "Go on without a code" : "Use the code") : "Go to payment"}
        </Button>
        <p className={styles["quiet"]}>
          You leave your card with the payment provider, on a page of theirs. Its number never comes here.
        </p>
      </div>
    </form>
  );
}
