import { useState, type SubmitEvent } from "react";
import { isKnown } from "../account/door";
import { Button, LinkPill } from "../house/button";
import { usePageName } from "../house/page";
import { Unanswered } from "../house/unanswered";
import { go } from "../house/way";
import { choiceOf, pathToStep, placeInWords, standing } from "./choice";
import { CodeField } from "./code-field";
import styles from "./join.module.css";
import { PlanCards, PlanCardsSkeleton } from "./plan-cards";
import { trialInWords } from "./plan-words";
import { useOffers, type Offer } from "./shop-window";
import { Stage } from "./stage";

/** The first step: which plan. */
export function JoinPlan({ search }: { readonly search: string }) {
  usePageName("Choose a plan");
  const offers = useOffers();
  if (offers === "unanswered") return <Unanswered what="the plans" home />;
  return (
    <Stage
      heading="Choose your seat"
      lead="Change it or cancel whenever you like."
      place={placeInWords("plan")}
      {...(isKnown() ? {} : { back: { to: "/sign-in", name: "Sign in" } })}
    >
      {offers === null ? <PlanCardsSkeleton /> : <Choosing offers={offers} search={search} />}
    </Stage>
  );
}

function Choosing({ offers, search }: { readonly offers: readonly Offer[]; readonly search: string }) {
  const asked = choiceOf(search);
  const chosen = standing(offers, asked.plan);
  const [code, setCode] = useState(asked.code);
  const trial = trialInWords(chosen?.trialDays ?? 0);

  if (chosen === null) {
    return (
      <>
        <p className={styles["told"]}>This house takes no money: an account is all it needs.</p>
        <LinkPill to={isKnown() ? "/" : "/sign-up"} main>
          {isKnown() ? "Back to home" : "Make an account"}
        </LinkPill>
      </>
    );
  }
  const on = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    go(pathToStep(isKnown() ? "payment" : "account", { plan: chosen.id, code }));
  };
  return (
    <form className={styles["form"]} onSubmit={on}>
      <PlanCards
        plans={offers}
        chosen={chosen.id}
        // The address keeps it, so that whoever comes back finds what they chose.
        onChoose={(plan) => go(pathToStep("plan", { plan, code }), "replace")}
      />
      <CodeField code={code} onChange={setCode} />
      <div className={styles["on"]}>
        <Button main type="submit">
          Go on with {chosen.name}
        </Button>
        {trial !== null && <p className={styles["quiet"]}>{trial}</p>}
      </div>
    </form>
  );
}
