import { useState } from "react";
import { useQuery } from "urql";
import { Button, LinkPill } from "../house/button";
import { dayInFull } from "../money/days";
import { inMoney } from "../money/money";
import { costInWords, standingInWords } from "../money/standing";
import { OperatorFrame } from "./frame";
import { CloseAsk, CompAsk, RefundAsk } from "./member-asks";
import { standingLight, standingOfMember } from "./member-words";
import styles from "./members-page.module.css";
import { Lines, Panel, Quiet, State } from "./panel";
import { MemberQuery, type Member, type MemberInvoice } from "./tills";

/** One member: what they have, what they paid, and what an operator can do for them. */
export function MemberPage({ id }: { readonly id: string }) {
  const [{ data, error }] = useQuery({ query: MemberQuery, variables: { id }, requestPolicy: "cache-and-network" });
  const room = data?.tillRoom;
  const found = room === undefined || room === null ? room : room.member;
  return (
    <OperatorFrame at="/operator/members" heading={found?.email ?? "Member"} found={found} error={error} what="this member">
      {(member) => (
        <>
          <Standing member={member} />
          {member.membership.billing && <Invoices member={member} />}
          <Done member={member} />
          <div className={styles["after"]}>
            <LinkPill to="/operator/members">All members</LinkPill>
          </div>
        </>
      )}
    </OperatorFrame>
  );
}

function Standing({ member }: { readonly member: Member }) {
  const [asking, setAsking] = useState<"comp" | "close" | null>(null);
  const [nowMs] = useState(() => Date.now());
  const { membership } = member;
  const close = () => setAsking(null);
  return (
    <Panel
      title="Membership"
      aside={
        <div className={styles["acts"]}>
          {membership.plan !== null && !membership.closed && <Button onClick={() => setAsking("comp")}>Give months</Button>}
          <Button onClick={() => setAsking("close")}>{membership.closed ? "Enable" : "Disable"}</Button>
        </div>
      }
    >
      <dl className={styles["facts"]}>
        <div>
          <dt>Profiles</dt>
          <dd>{member.profiles.join(", ")}</dd>
        </div>
        <div>
          <dt>Here since</dt>
          <dd>{dayInFull(member.since)}</dd>
        </div>
        <div>
          <dt>Email</dt>
          <dd>{member.emailVerified ? "verified" : "not verified"}</dd>
        </div>
        <div>
          <dt>State</dt>
          <dd>
            <State light={standingLight(membership)}>{standingOfMember(membership)}</State>
          </dd>
        </div>
        {membership.billing && (
          <>
            <div>
              <dt>Plan</dt>
              <dd>{membership.plan === null ? "none" : `${membership.plan.name}, ${costInWords(membership) ?? ""}`}</dd>
            </div>
            <div>
              <dt>Credit</dt>
              <dd>{membership.credit === null ? "none" : inMoney(membership.credit)}</dd>
            </div>
            <div>
              <dt>Discount</dt>
              <dd>{membership.discount ?? "none"}</dd>
            </div>
          </>
        )}
      </dl>
      {membership.billing && <p className={styles["told"]}>{standingInWords(membership, nowMs).join(" ")}</p>}
      {asking === "comp" && <CompAsk member={member} onClose={close} />}
      {asking === "close" && <CloseAsk member={member} onClose={close} />}
    </Panel>
  );
}

function Invoices({ member }: { readonly member: Member }) {
  const [refunding, setRefunding] = useState<MemberInvoice | null>(null);
  return (
    <Panel title="Invoices and charges">
      {member.invoices.length === 0 ? (
        <Quiet>Nothing was charged yet.</Quiet>
      ) : (
        <Lines label="List of invoices" columns={["Number", "Day", "For", "Amount", "Given back", "(Acts)"]}>
          {member.invoices.map((invoice) => (
            <tr key={invoice.number}>
              <th scope="row">
                {invoice.number}
              </th>
              <td>{dayInFull(invoice.issuedAt)}</td>
              <td>{invoice.what}</td>
              <td>{inMoney(invoice.total)}</td>
              <td>{invoice.refunded !== null && inMoney(invoice.refunded)}</td>
              <td className={styles["given"]}>
                {invoice.refundable !== null && (
                  <span className={styles["acts"]}>
                    <Button onClick={() => setRefunding(invoice)}>
                      Refund<span className="unseen"> {invoice.number}</span>
                    </Button>
                  </span>
                )}
              </td>
            </tr>
          ))}
        </Lines>
      )}
      {refunding !== null && <RefundAsk member={member} invoice={refunding} onClose={() => setRefunding(null)} />}
    </Panel>
  );
}

function Done({ member }: { readonly member: Member }) {
  return (
    <Panel title="What was done">
      {member.acts.length === 0 ? (
        <Quiet>Nothing so far. Whatever is done here is written down, with its reason; so is a bank that asks for a payment back.</Quiet>
      ) : (
        <Lines label="List of acts" columns={["What", "Day", "Reason", "By"]}>
          {member.acts.map(({ what, by, at, note }) => (
            <tr key={`${at} ${what}`}>
              <th scope="row">{what}</th>
              <td>{dayInFull(at)}</td>
              <td>{note}</td>
              <td>{by === "" ? "the payment provider" : by}</td>
            </tr>
          ))}
        </Lines>
      )}
    </Panel>
  );
}
