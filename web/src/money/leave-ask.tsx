import { useState } from "react";
import { useClient } from "urql";
import { countInWords } from "../browse/words";
import { Answers, Ask } from "../house/ask";
import { Button } from "../house/button";
import { Refusal } from "../house/refusal";
import { CancelMembership, PauseMembership } from "./acts";
import { Choices } from "./choices";
import { dayInWords } from "./days";
import type { Membership } from "./operations";
import { useAct } from "./use-act";

interface LeaveAskProps {
  readonly how: "cancel" | "pause";
  readonly membership: Membership;
  readonly onClose: () => void;
}

/** Before somebody cancels or pauses: what they keep, and until when. */
export function LeaveAsk({ how, membership, onClose }: LeaveAskProps) {
  const client = useClient();
  const { no, waiting, act } = useAct();
  const [months, setMonths] = useState(1);
  const [nowMs] = useState(() => Date.now());
  const name = membership.plan?.name ?? "your plan";
  const until = membership.trialUntil ?? membership.periodUntil;
  const day = until === null ? null : dayInWords(until, nowMs);

  const leave = async () => {
    const answer =
      how === "cancel"
        ? await act(client.mutation(CancelMembership, {}).toPromise())
        : await act(client.mutation(PauseMembership, { months }).toPromise());
    if (answer !== null) onClose();
  };
  const go = () => !waiting && void leave();
  return (
    <Ask title={how === "cancel" ? `Cancel ${name}?` : `Pause ${name}?`} onClose={onClose}>
      <p>
        {day === null || membership.state === "PAST_DUE" || membership.state === "UNPAID"
          ? "It ends at once, and nothing more is charged."
          : `Everything plays until ${day}. Then nothing plays and nothing more is charged.`}{" "}
        Your profiles, lists and places are kept.
      </p>
      {how === "pause" && (
        <Choices
          label="For how long"
          name="months"
          chosen={months}
          choices={[1, 2, 3].map((value) => ({ value, words: countInWords(value, "month") }))}
          onChoose={setMonths}
        />
      )}
      <Refusal no={no} />
      <Answers>
        <Button main aria-disabled={waiting} onClick={go}>
          {how === "cancel" ? "Cancel it" : "Pause it"}
        </Button>
        <Button onClick={onClose}>Keep watching</Button>
      </Answers>
    </Ask>
  );
}
