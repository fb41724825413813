import { useState } from "react";
import { Link } from "../house/link";
import { usePageName } from "../house/page";
import { useShowIn } from "./already-in";
import { CodeForm } from "./code-form";
import { DoorForm } from "./door-form";
import { PasskeyButton } from "./passkey-button";

export function SignInPage() {
  usePageName("Sign in");
  useShowIn();
  const [ticket, setTicket] = useState<string | null>(null);
  if (ticket !== null) return <CodeForm ticket={ticket} onStartAgain={() => setTicket(null)} />;
  return (
    <DoorForm
      way="sign-in"
      heading="Welcome back"
      lead="Your films are where you left them."
      act="Sign in"
      onSecondStep={setTicket}
      instead={<PasskeyButton onSecondStep={setTicket} />}
    >
      New to this house? <Link to={`/sign-up${window.location.search}`}>Make an account</Link>
      <br />
      <Link to="/reset">Forgot your password?</Link>
    </DoorForm>
  );
}
