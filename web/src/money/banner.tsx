import { useState } from "react";
import { useQuery } from "urql";
import { useLookAgain } from "../browse/look-again";
import { LinkPill } from "../house/button";
import { ViewerQuery } from "../house/viewer";
import styles from "./banner.module.css";
import { MembershipQuery } from "./operations";
import { bannerOf } from "./standing";

const LOOK_EVERY_MS = 5 * 60_000;

/** Above every page while a payment is open or nothing plays: what it is, until when, and the way to mend it. Not for children. */
export function MoneyBanner() {
  const [{ data: viewer }] = useQuery({ query: ViewerQuery });
  const [{ data }, ask] = useQuery({ query: MembershipQuery });
  const [nowMs, setNowMs] = useState(() => Date.now());
  useLookAgain(
    () => {
      setNowMs(Date.now());
      ask({ requestPolicy: "network-only" });
    },
    data?.membership.billing === false ? null : LOOK_EVERY_MS,
  );
  const grownUp = viewer !== undefined && viewer.viewer.profile?.kids !== true;
  const words = data === undefined || !grownUp ? null : bannerOf(data.membership, nowMs);
  if (words === null) return null;
  return (
    <aside className={words.isWrong ? `${styles["banner"]} ${styles["wrong"]}` : styles["banner"]} aria-label="About your membership">
      <p role="status">{words.text}</p>
      <LinkPill to={words.to} className={styles["act"]}>
        {words.act}
      </LinkPill>
    </aside>
  );
}
