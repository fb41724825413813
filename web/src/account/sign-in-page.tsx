import { Link } from "../house/link";
import { usePageName } from "../house/page";
import { useShowIn } from "./already-in";
import { DoorForm } from "./door-form";

export function SignInPage() {
  usePageName("Sign in");
  useShowIn();
  return (
    <DoorForm way="sign-in" heading="Welcome back" lead="Your films are where you left them." act="Sign in">
      New to this house? <Link to={`/sign-up${window.location.search}`}>Make an account</Link>
    </DoorForm>
  );
}
