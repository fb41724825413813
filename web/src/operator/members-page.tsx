import { useState, type SubmitEvent } from "react";
import { useQuery } from "urql";
import { Button } from "../house/button";
import { Link } from "../house/link";
import { go } from "../house/way";
import { dayInFull } from "../money/days";
import { inMoney } from "../money/money";
import { OperatorFrame } from "./frame";
import { MemberPage } from "./member-page";
import paged from "./library.module.css";
import styles from "./members-page.module.css";
import { Lines, Panel, Quiet, State } from "./panel";
import { standingLight, standingOfMember } from "./member-words";
import { MembersQuery, type FoundMember } from "./tills";

export const pathToMember = (id: string) => `/operator/members?${new URLSearchParams({ member: id }).toString()}`;

/** Everybody who has an account, found by a part of their address; or one of them. */
export function MembersPage({ search }: { readonly search: string }) {
  const asked = new URLSearchParams(search);
  const member = asked.get("member");
  if (member !== null) return <MemberPage key={member} id={member} />;
  const text = asked.get("q") ?? "";
  return <Finding key={text} text={text} />;
}

function Finding({ text }: { readonly text: string }) {
  const [pages, setPages] = useState<readonly (string | null)[]>([null]);
  const before = pages[pages.length - 1] ?? null;
  const variables = { search: text, before };
  const [{ data, error }] = useQuery({ query: MembersQuery, variables, requestPolicy: "cache-and-network" });
  const [typed, setTyped] = useState(text);
  const find = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const wanted = typed.trim();
    go(wanted === "" ? "/operator/members" : `/operator/members?${new URLSearchParams({ q: wanted }).toString()}`, "replace");
  };
  return (
    <OperatorFrame at="/operator/members" heading="Members" found={data?.tillRoom} error={error} what="the members">
      {({ members: { members, more } }) => (
        <Panel
          title={text === "" ? "The newest" : `Found for “${text}”`}
          aside={
            <form className={styles["find"]} role="search" onSubmit={find}>
              <input
                type="search"
                className={styles["field"]}
                aria-label="Part of an email address or of a name"
                placeholder="Email or name"
                value={typed}
                onChange={(event) => setTyped(event.target.value)}
              />
              <Button type="submit">Find</Button>
            </form>
          }
        >
          {members.length === 0 ? (
            <Quiet>{text === "" ? "Nobody is here yet." : "No address and no name has that in it. A shorter part may find more."}</Quiet>
          ) : (
            <Lines label="List of members" columns={sells(members) ? ["Member", "Since", "State", "Plan", "Next payment"] : ["Member", "Since", "State"]}>
              {members.map((member) => (
                <MemberLine key={member.id} member={member} />
              ))}
            </Lines>
          )}
          {pages.length > 1 && (
            <button type="button" className={paged["more"]} onClick={() => setPages(pages.slice(0, -1))}>
              Newer
            </button>
          )}
          {more && (
            <button type="button" className={paged["more"]} onClick={() => setPages([...pages, members[members.length - 1]?.id ?? null])}>
              Older
            </button>
          )}
        </Panel>
      )}
    </OperatorFrame>
  );
}

const sells = (members: readonly FoundMember[]) => members.some(({ membership }) => membership.billing);

function MemberLine({ member: { id, email, profiles, since, membership } }: { readonly member: FoundMember }) {
  const { plan, nextCharge, nextChargeAt } = membership;
  return (
    <tr>
      <th scope="row">
        <Link to={pathToMember(id)} className={styles["member"]}>
          {email}
        </Link>
        <small className={styles["names"]}>{profiles.join(", ")}</small>
      </th>
      <td>{dayInFull(since)}</td>
      <td>
        <State light={standingLight(membership)}>{standingOfMember(membership)}</State>
      </td>
      {membership.billing && (
        <>
          <td>{plan?.name ?? "none"}</td>
          <td>{nextCharge !== null && nextChargeAt !== null && `${inMoney(nextCharge)} on ${dayInFull(nextChargeAt)}`}</td>
        </>
      )}
    </tr>
  );
}
