import { useEffect, useState } from "react";
import { Button, LinkPill } from "../house/button";
import { Mark } from "../house/mark";
import { Notice } from "../house/notice";
import { usePageName } from "../house/page";
import type { Leaving } from "./apps";
import { forgetMe } from "./door";
import { asks, type Answer } from "./keys";
import { useSession } from "./session";
import styles from "./letting-in.module.css";

/** An app sends somebody here to be signed out: at once where it shows whose app it is, else they are asked. */
export function LogoutPage({ search }: { readonly search: string }) {
  usePageName("Signing out");
  const { left } = useSession();
  const [heard, setHeard] = useState<Answer<Leaving> | null>(null);
  useEffect(() => {
    let here = true;
    void leaveFor(search, false).then((answer) => {
      if (here) setHeard(answer);
    });
    return () => {
      here = false;
    };
  }, [search]);
  const isOut = heard?.said?.ask === false;
  const goTo = heard?.said?.go ?? "";
  useEffect(() => {
    if (!isOut) return;
    forgetMe();
    left();
    if (goTo !== "") window.location.replace(goTo);
  }, [isOut, goTo, left]);

  if (heard === null || (isOut && goTo !== "")) {
    return <div className={styles["page"]} role="status" aria-label="Signing you out" />;
  }
  if (heard.no !== undefined) {
    return (
      <div className={styles["page"]}>
        <Notice title={heard.no.title} reason={heard.no.reason} urgent>
          <LinkPill to="/" main>
            To your films
          </LinkPill>
        </Notice>
      </div>
    );
  }
  const { app, email, leadsTo } = heard.said;
  return (
    <div className={styles["page"]}>
      <Mark large />
      <div className={styles["panel"]}>
        <h1 className={styles["heading"]}>{isOut ? "You’re signed out" : "Sign out here, too?"}</h1>
        <p className={styles["lead"]}>
          {isOut
            ? "Come back any time."
            : `${app === "" ? "An app" : app} asks you to leave this house as well. You are here as ${email}.`}
        </p>
        {isOut ? (
          <LinkPill to="/sign-in">To the door</LinkPill>
        ) : (
          <>
            {leadsTo !== "" && (
              <p className={styles["note"]}>
                It takes you on to <strong>{leadsTo}</strong>.
              </p>
            )}
            <div className={styles["answers"]}>
              <Button main onClick={() => void leaveFor(search, true).then(setHeard)}>
                Sign out
              </Button>
              <LinkPill to="/">Stay</LinkPill>
            </div>
          </>
        )}
      </div>
    </div>
  );
}

const leaveFor = (query: string, sure: boolean) => asks<Leaving>("/auth/apps/leave", { query, sure });
