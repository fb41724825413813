import { useEffect, useState } from "react";
import { Mark } from "../house/mark";
import { Notice } from "../house/notice";
import { LinkPill } from "../house/button";
import { usePageName } from "../house/page";
import { ask, type Heard } from "./apps";
import { LettingIn } from "./letting-in";
import styles from "./letting-in.module.css";

/** Where an app sends somebody to: may it in? */
export function ConsentPage({ search }: { readonly search: string }) {
  usePageName("An app wants in");
  const here = `/oauth/authorize${search}`;
  const [heard, setHeard] = useState<Heard | null>(null);
  useEffect(() => {
    let still = true;
    void ask({ query: search }, here).then((answer) => {
      if (still) setHeard(answer);
    });
    return () => {
      still = false;
    };
  }, [search, here]);

  if (heard === null || heard === "elsewhere") {
    return <div className={styles["page"]} role="status" aria-label="Asking who wants in" />;
  }
  if ("reason" in heard) {
    return (
      <div className={styles["page"]}>
        <Notice title={heard.title} reason={heard.reason} urgent>
          <LinkPill to="/" main>
            To your films
          </LinkPill>
        </Notice>
      </div>
    );
  }
  return (
    <div className={styles["page"]}>
      <Mark large />
      <LettingIn
        asked={{ query: search }}
        question={heard}
        here={here}
        onDecided={(_, onward) => window.location.assign(onward)}
      />
    </div>
  );
}
