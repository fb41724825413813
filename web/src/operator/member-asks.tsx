import { useState, type ReactNode, type SubmitEvent } from "react";
import { useClient } from "urql";
import { countInWords } from "../browse/words";
import { Answers, Ask } from "../house/ask";
import { Button } from "../house/button";
import { Field } from "../house/field";
import { Refusal, wrongIn, type No } from "../house/refusal";
import { Choices } from "../money/choices";
import { inMoney, minorOf, typedOf } from "../money/money";
import { newAskId, useAct } from "../money/use-act";
import styles from "./members-page.module.css";
import { CloseMember, CompMember, RefundInvoice, type Member, type MemberInvoice } from "./tills";

interface ReasonedProps {
  readonly title: string;
  readonly act: string;
  readonly no: No | null;
  readonly waiting: boolean;
  readonly onClose: () => void;
  readonly onDo: (reason: string) => void;
  readonly children: ReactNode;
}

/** What an operator does to somebody else has a reason, which is written down beside it. */
function Reasoned({ title, act, no, waiting, onClose, onDo, children }: ReasonedProps) {
  const [reason, setReason] = useState("");
  const [missing, setMissing] = useState(false);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (reason.trim() === "") setMissing(true);
    else if (!waiting) onDo(reason.trim());
  };
  return (
    <Ask title={title} onClose={onClose}>
      <form className={styles["form"]} onSubmit={submit} noValidate>
        {children}
        <Field
          label="Reason"
          value={reason}
          maxLength={200}
          autoComplete="off"
          hint="Written down with your name; the member does not see it."
          wrong={missing && reason.trim() === "" ? "Say why in a few words: it is written down." : wrongIn(no, "note")}
          onChange={(event) => setReason(event.target.value)}
        />
        <Refusal no={no} fields={["note", "minor"]} />
        <Answers>
          <Button main type="submit" aria-disabled={waiting}>
            {act}
          </Button>
          <Button onClick={onClose}>Leave it</Button>
        </Answers>
      </form>
    </Ask>
  );
}

interface MemberAskProps {
  readonly member: Member;
  readonly onClose: () => void;
}

export function RefundAsk({ member, invoice, onClose }: MemberAskProps & { readonly invoice: MemberInvoice }) {
  const client = useClient();
  const { no, waiting, act } = useAct();
  // What is left when it opens: afterwards there is less, and the question stands until it closes.
  const [left] = useState(() => invoice.refundable ?? invoice.total);
  const [typed, setTyped] = useState(() => typedOf(left));
  // One refund, however often it is sent.
  const [askId] = useState(newAskId);
  const minor = minorOf(typed, left.currency);
  const isSum = minor !== null && minor > 0 && minor <= left.minor;
  const refund = async (note: string) => {
    if (!isSum) return;
    const wish = { member: member.id, number: invoice.number, minor, askId, note };
    if ((await act(client.mutation(RefundInvoice, wish).toPromise())) !== null) onClose();
  };
  return (
    <Reasoned
      title={`Refund ${invoice.number}`}
      act={isSum ? `Give back ${inMoney({ ...left, minor })}` : "Give back"}
      no={no}
      waiting={waiting}
      onClose={onClose}
      onDo={(note) => void refund(note)}
    >
      <p>
        It goes back to the card that paid: all of it, or a part at a time.
        {invoice.refunded !== null && ` ${inMoney(invoice.refunded)} went back before.`}
      </p>
      <Field
        label={`How much, in ${left.currency}`}
        inputMode="decimal"
        value={typed}
        wrong={isSum ? wrongIn(no, "minor") : `More than nothing, and at most ${inMoney(left)}.`}
        onChange={(event) => setTyped(event.target.value)}
      />
    </Reasoned>
  );
}

export function CompAsk({ member, onClose }: MemberAskProps) {
  const client = useClient();
  const { no, waiting, act } = useAct();
  const [months, setMonths] = useState(1);
  // One gift, however often it is sent.
  const [askId] = useState(newAskId);
  const give = async (note: string) => {
    if ((await act(client.mutation(CompMember, { member: member.id, months, askId, note }).toPromise())) !== null) onClose();
  };
  return (
    <Reasoned
      title="Give months"
      act={`Give ${countInWords(months, "month")}`}
      no={no}
      waiting={waiting}
      onClose={onClose}
      onDo={(note) => void give(note)}
    >
      <p>As credit, for so many months of {member.membership.plan?.name ?? "their plan"}. It is used before the card.</p>
      <Choices
        label="How many months"
        name="months"
        chosen={months}
        choices={[1, 2, 3, 6, 12].map((value) => ({ value, words: String(value) }))}
        onChoose={setMonths}
      />
    </Reasoned>
  );
}

export function CloseAsk({ member, onClose }: MemberAskProps) {
  const client = useClient();
  const { no, waiting, act } = useAct();
  const closed = !member.membership.closed;
  const change = async (note: string) => {
    if ((await act(client.mutation(CloseMember, { member: member.id, closed, note }).toPromise())) !== null) onClose();
  };
  return (
    <Reasoned
      title={closed ? "Disable this member?" : "Enable this member?"}
      act={closed ? "Disable" : "Enable"}
      no={no}
      waiting={waiting}
      onClose={onClose}
      onDo={(note) => void change(note)}
    >
      <p>
        {closed
          ? `${member.email} plays nothing and is charged nothing until you enable them again. Nothing of theirs is lost.`
          : `${member.email} plays again, and what is due is charged again.`}
      </p>
    </Reasoned>
  );
}
