import { useState } from "react";
import { useClient, useQuery } from "urql";
import { Button, LinkPill } from "../house/button";
import { usePageName } from "../house/page";
import { Refusal, type No } from "../house/refusal";
import { NewCard, PayNow } from "./acts";
import { choiceOf, pathToDone, pathToStep, type Choice } from "./choice";
import styles from "./join.module.css";
import { inMoney } from "./money";
import { InvoicesQuery, type Membership } from "./operations";
import { Stage } from "./stage";
import { standingInWords } from "./standing";
import { followed, useAct } from "./use-act";
import { useSettle } from "./use-settle";

/** An invoice older than that is of an earlier stay. */
const JUST_NOW_MS = 60 * 60_000;

/** Back from the payment provider: what was charged, when the next one is due, and in. */
export function JoinDone({ search }: { readonly search: string }) {
  usePageName("Your membership");
  const { step, no, waiting, again } = useSettle(true);
  if (waiting && step === null) {
    return (
      <Stage heading="One moment" lead="We look at what became of the payment." narrow>
        <p className="unseen" role="status">
          Looking at the payment
        </p>
      </Stage>
    );
  }
  if (step?.goTo) {
    return (
      <Stage heading="Your bank wants a word" lead="Say yes to the payment there, and come back." narrow>
        <Button main onClick={() => followed(step)}>
          Confirm the payment
        </Button>
      </Stage>
    );
  }
  if (step?.membership.plays === true && step.membership.state !== "NONE") return <Seated membership={step.membership} />;
  return <NotPaid membership={step?.membership ?? null} choice={choiceOf(search)} no={no} waiting={waiting} onLook={again} />;
}

interface NotPaidProps {
  readonly membership: Membership | null;
  readonly choice: Choice;
  readonly no: No | null;
  readonly waiting: boolean;
  readonly onLook: () => void;
}

/** Nothing came of it: why, and every way to what was chosen. */
function NotPaid({ membership, choice, no, waiting, onLook }: NotPaidProps) {
  const client = useClient();
  const { no: refused, waiting: asking, act } = useAct();
  const problem = membership?.problem ?? null;
  const kept = { ...choice, plan: membership?.plan?.id ?? choice.plan };
  const other = async () => {
    const step = await act(client.mutation(NewCard, { backTo: pathToDone(kept) }).toPromise());
    if (step !== null) followed(step);
  };
  const pay = async () => {
    const step = await act(client.mutation(PayNow, {}).toPromise());
    if (step !== null && !followed(step)) onLook();
  };
  return (
    <Stage heading="Not paid yet" lead={problem ?? "Nothing was charged, and what you chose is kept."} narrow>
      <Refusal no={refused ?? no} />
      <div className={styles["ways"]}>
        {problem === null ? (
          <>
            <LinkPill to={pathToStep("payment", kept)} main>
              Pay again
            </LinkPill>
            <Button onClick={onLook} aria-disabled={waiting}>
              Look once more
            </Button>
          </>
        ) : (
          <>
            <Button main aria-disabled={asking} onClick={() => !asking && void other()}>
              Use another card
            </Button>
            <Button aria-disabled={asking} onClick={() => !asking && void pay()}>
              Pay again
            </Button>
          </>
        )}
      </div>
    </Stage>
  );
}

function Seated({ membership }: { readonly membership: Membership }) {
  const [{ data }] = useQuery({ query: InvoicesQuery, requestPolicy: "network-only" });
  const [nowMs] = useState(() => Date.now());
  const paid = data?.invoices.find(({ creditNote, issuedAt }) => !creditNote && Date.parse(issuedAt) > nowMs - JUST_NOW_MS);
  return (
    <Stage heading="Take your seat" lead={`${membership.plan?.name ?? "Your plan"} is yours.`} narrow>
      <div className={styles["told"]}>
        {data !== undefined && <p>{paid === undefined ? "Nothing was charged." : `${inMoney(paid.total)} was charged.`}</p>}
        {standingInWords(membership, nowMs).map((sentence) => (
          <p key={sentence}>{sentence}</p>
        ))}
        {paid !== undefined && (
          <p>
            <a href={paid.html} target="_blank" rel="noopener">
              Invoice {paid.number}
            </a>
          </p>
        )}
      </div>
      <LinkPill to="/who" main>
        Who’s watching?
      </LinkPill>
    </Stage>
  );
}
