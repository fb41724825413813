import { useEffect, useState } from "react";
import { Link } from "../house/link";
import { usePageName } from "../house/page";
import { go } from "../house/way";
import { plansOnOffer } from "../money/shop-window";
import { useShowIn } from "./already-in";
import { isFirst } from "./door";
import { DoorForm } from "./door-form";

export function SignUpPage() {
  usePageName("Sign up");
  useShowIn();
  const [first, setFirst] = useState(false);
  useEffect(() => {
    let here = true;
    void isFirst().then((answer) => {
      if (here) setFirst(answer);
    });
    // In a house that has plans the way in begins with choosing one; but for its operator, who pays nobody.
    void Promise.all([isFirst(), plansOnOffer()]).then(
      ([isOperator, plans]) => {
        if (here && !isOperator && plans.length > 0) go("/join", "replace");
      },
      () => undefined,
    );
    return () => {
      here = false;
    };
  }, []);

  return (
    <DoorForm
      way="sign-up"
      heading={first ? "Open the house" : "Take a seat"}
      lead={
        first
          ? "This is the first account here, so it will be the operator: it looks after the house."
          : "An email and a password, and the lights go down."
      }
      act="Sign up"
      hint="A few words in a row are easy to keep in mind and hard to guess."
    >
      Already have an account? <Link to={`/sign-in${window.location.search}`}>To the door</Link>
    </DoorForm>
  );
}
