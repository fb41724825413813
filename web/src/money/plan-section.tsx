import { useState } from "react";
import { useClient } from "urql";
import { Button, LinkPill } from "../house/button";
import { Refusal } from "../house/refusal";
import { BACK_TO_ACCOUNT } from "./use-settle";
import { ResumeMembership, UnpauseMembership } from "./acts";
import { pathToStep } from "./choice";
import { LeaveAsk } from "./leave-ask";
import type { Membership } from "./operations";
import styles from "./plan-section.module.css";
import { planInWords } from "./plan-words";
import { Acts, Section } from "./section";
import { standingInWords } from "./standing";
import { followed, useAct } from "./use-act";

/** The plan, how it stands, and everything that can be done about it right now. */
export function PlanSection({ membership }: { readonly membership: Membership }) {
  const [nowMs] = useState(() => Date.now());
  const { plan, may } = membership;
  const isMending = may.includes("PAY");
  return (
    <Section title="Plan">
      <p className={styles["name"]}>{plan?.name ?? (membership.plays ? "No plan needed" : "No plan yet")}</p>
      {plan !== null && <p>{planInWords({ ...plan, price: membership.price ?? plan.price })}</p>}
      {!isMending && standingInWords(membership, nowMs).map((sentence) => <p key={sentence}>{sentence}</p>)}
      {membership.discount !== null && <p>{membership.discount}</p>}
      <PlanActs membership={membership} />
    </Section>
  );
}

/** Coming back is called by what one comes back from. */
function resumeInWords({ state, nextPlan, plan }: Membership): string {
  if (state === "ENDED") return "Come back";
  return nextPlan === null || plan === null ? "Keep my plan" : `Stay with ${plan.name}`;
}

function PlanActs({ membership }: { readonly membership: Membership }) {
  const client = useClient();
  const { no, waiting, act } = useAct();
  const [leaving, setLeaving] = useState<"cancel" | "pause" | null>(null);
  const { may, plan } = membership;
  const resume = async () => {
    const step = await act(client.mutation(ResumeMembership, { backTo: BACK_TO_ACCOUNT }).toPromise());
    if (step !== null) followed(step);
  };
  const unpause = async () => {
    const step = await act(client.mutation(UnpauseMembership, {}).toPromise());
    if (step !== null) followed(step);
  };
  return (
    <>
      <Refusal no={no} />
      <Acts>
        {may.includes("RESUME") && (
          <Button main aria-disabled={waiting} onClick={() => !waiting && void resume()}>
            {resumeInWords(membership)}
          </Button>
        )}
        {may.includes("UNPAUSE") && (
          <Button main aria-disabled={waiting} onClick={() => !waiting && void unpause()}>
            Watch again
          </Button>
        )}
        {may.includes("BEGIN") && (
          <LinkPill to={pathToStep("plan", { plan: plan?.id ?? "", code: "" })} main={!may.includes("RESUME") && !may.includes("PAY") && !membership.plays}>
            {may.includes("PAY") ? "Choose another plan" : "Choose a plan"}
          </LinkPill>
        )}
        {may.includes("CHANGE") && <LinkPill to="/account/plan">Change plan</LinkPill>}
        {may.includes("PAUSE") && <Button onClick={() => setLeaving("pause")}>Pause</Button>}
        {may.includes("CANCEL") && <Button onClick={() => setLeaving("cancel")}>Cancel</Button>}
      </Acts>
      {leaving !== null && <LeaveAsk how={leaving} membership={membership} onClose={() => setLeaving(null)} />}
    </>
  );
}
