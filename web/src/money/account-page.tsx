import { useState } from "react";
import { useQuery } from "urql";
import { Avatar } from "../account/avatar";
import { LinkPill } from "../house/button";
import { isSignedOut } from "../house/client";
import { Notice } from "../house/notice";
import { usePageName } from "../house/page";
import { Unanswered } from "../house/unanswered";
import { ViewerQuery, type Profile } from "../house/viewer";
import { hasRoom, pathTo } from "../house/way";
import styles from "./account-page.module.css";
import { CardSection } from "./card-section";
import { CodeSection } from "./code-section";
import { InvoiceSection } from "./invoice-section";
import { MendPanel } from "./mend-panel";
import { MembershipQuery } from "./operations";
import { PlanSection } from "./plan-section";
import { Acts, Section } from "./section";
import { isBack, useSettle } from "./use-settle";
import { wantedFilm } from "./wanted-film";

/** What else belongs to an account, each a page of its own. */
const MORE = [
  { to: "/account/security", name: "Devices and sign-in" },
  { to: "/account/letters", name: "Letters" },
  { to: "/account/activity", name: "What was watched" },
].filter(({ to }) => hasRoom(to));

/** What one has here: the plan, how it is paid, and who watches on it. */
export function AccountPage({ search }: { readonly search: string }) {
  usePageName("Account");
  const [viewer] = useQuery({ query: ViewerQuery });
  const [{ data, error }] = useQuery({ query: MembershipQuery, requestPolicy: "cache-and-network" });
  // Whoever was asked to confirm a payment may come back here from having done so.
  const settled = useSettle(isBack(search) || (data?.membership.confirmUrl ?? null) !== null);

  if (viewer.data?.viewer.profile?.kids === true) {
    return (
      <Notice title="For the grown-ups" reason="This page is about paying. Ask somebody tall to open it from their own profile.">
        <LinkPill to="/" main>
          Back to home
        </LinkPill>
      </Notice>
    );
  }
  if (data === undefined && error !== undefined && !isSignedOut(error)) return <Unanswered what="your account" home />;
  const membership = data?.membership;
  return (
    <div className={styles["page"]}>
      <h1 className={styles["heading"]}>Account</h1>
      <p className={styles["email"]}>{viewer.data?.viewer.email}</p>
      {membership === undefined || (settled.waiting && settled.step === null) ? (
        <div className={styles["shape"]} role="status" aria-label="Loading your account" />
      ) : (
        membership.billing && (
          <>
            <MendPanel membership={membership} settled={settled} />
            {membership.plays && <OnWithTheFilm />}
            <PlanSection membership={membership} />
            <CardSection membership={membership} />
            <InvoiceSection />
            <CodeSection />
          </>
        )
      )}
      <ProfileSection profiles={viewer.data?.profiles ?? []} />
      {MORE.length > 0 && (
        <Section title="More">
          <Acts>
            {MORE.map(({ to, name }) => (
              <LinkPill key={to} to={to}>
                {name}
              </LinkPill>
            ))}
          </Acts>
        </Section>
      )}
    </div>
  );
}

/** Whoever came here because a film did not play goes on to it once everything does. */
function OnWithTheFilm() {
  const [id] = useState(wantedFilm);
  if (id === null) return null;
  return (
    <Section title="All is well">
      <p>The film you wanted plays again.</p>
      <Acts>
        <LinkPill to={pathTo.watch(id)} main>
          Watch it now
        </LinkPill>
      </Acts>
    </Section>
  );
}

function ProfileSection({ profiles }: { readonly profiles: readonly Profile[] }) {
  return (
    <Section title="Profiles">
      <ul className={styles["profiles"]} role="list">
        {profiles.map(({ id, name, avatar }) => (
          <li key={id}>
            <span className={styles["avatar"]}>
              <Avatar name={avatar} />
            </span>
            {name}
          </li>
        ))}
      </ul>
      <Acts>
        <LinkPill to="/who?manage">Manage profiles</LinkPill>
      </Acts>
    </Section>
  );
}
