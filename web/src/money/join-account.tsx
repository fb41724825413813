import { useEffect } from "react";
import { isKnown, renew } from "../account/door";
import { DoorForm } from "../account/door-form";
import { Link } from "../house/link";
import { usePageName } from "../house/page";
import { go } from "../house/way";
import { choiceOf, pathToStep, placeInWords } from "./choice";
import { StageTop } from "./stage";

/** The second step: an account. Whoever is signed in has one, and goes on. */
export function JoinAccount({ search }: { readonly search: string }) {
  usePageName("Make an account");
  const choice = choiceOf(search);
  const next = pathToStep("payment", choice);
  useEffect(() => {
    if (!isKnown()) return;
    let here = true;
    renew()
      .then((known) => {
        if (here && known) go(next, "replace");
      })
      .catch(() => undefined);
    return () => {
      here = false;
    };
  }, [next]);

  return (
    <DoorForm
      way="sign-up"
      heading="Take a seat"
      lead="An email and a password. Payment comes next."
      act="Sign up"
      hint="A few words in a row are easy to keep in mind and hard to guess."
      above={<StageTop place={placeInWords("account")} back={{ to: pathToStep("plan", choice), name: "Plan" }} />}
      then={next}
    >
      Already have an account? <Link to={`/sign-in?${new URLSearchParams({ next }).toString()}`}>To the door</Link>
    </DoorForm>
  );
}
