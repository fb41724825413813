import { useState } from "react";
import { Button, LinkPill } from "../house/button";
import { Notice } from "../house/notice";
import { usePageName } from "../house/page";
import { refuseLetters, wordIn } from "./letters";

/** Reached from a letter, by anybody who holds it: opening it changes nothing, the button does. */
export function UnsubscribePage() {
  usePageName("Letters");
  const [word] = useState(() => wordIn(window.location));
  const [done, setDone] = useState(false);
  const [refusal, setRefusal] = useState<{ readonly title: string; readonly reason: string } | null>(null);
  const [waiting, setWaiting] = useState(false);

  const refuse = async () => {
    setWaiting(true);
    const no = await refuseLetters(word);
    setWaiting(false);
    setRefusal(no);
    setDone(no === null);
  };
  if (done) {
    return (
      <Notice title="No more of these" reason="We write you only about your account’s safety and what you pay.">
        <LinkPill to="/account/letters">Choose what we write you</LinkPill>
      </Notice>
    );
  }
  if (refusal !== null) {
    return (
      <Notice urgent title={refusal.title} reason={refusal.reason}>
        <Button main disabled={waiting} onClick={() => void refuse()}>
          Try again
        </Button>
        <LinkPill to="/account/letters">Choose what we write you</LinkPill>
      </Notice>
    );
  }
  return (
    <Notice
      title="No more of these letters?"
      reason="We would no longer write you how your membership goes: free days that end, pauses, farewells. Receipts, and words about your account’s safety, still come."
    >
      <Button main disabled={waiting} onClick={() => void refuse()}>
        No more of these
      </Button>
      <LinkPill to="/">Leave it as it is</LinkPill>
    </Notice>
  );
}
