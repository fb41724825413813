import { useClient } from "urql";
import { PinPad, type No } from "../account/pin-pad";
import { OpenTitle, whenAgain } from "../account/pins";
import styles from "./watch-page.module.css";

interface PinCardProps {
  readonly title: string;
  readonly onOpen: (permit: string) => void;
  readonly onCancel: () => void;
}

/** A title above the profile's limit: its PIN opens it for this once. */
export function PinCard({ title, onOpen, onCancel }: PinCardProps) {
  const client = useClient();
  const attempt = async ({ pin = "", password = "" }: { readonly pin?: string; readonly password?: string }): Promise<No | null> => {
    const { data } = await client.mutation(OpenTitle, { title, pin, password }).toPromise();
    const answer = data?.answer;
    if (answer === undefined) return { title: "Matinee did not answer.", reason: "Try again in a moment." };
    if (answer.__typename === "Refused") {
      return { title: answer.headline, reason: answer.reason + whenAgain(answer.retryAt, Date.now()) };
    }
    onOpen(answer.permit);
    return null;
  };
  return (
    <div className={styles["pin"]}>
      <PinPad
        heading="Above your limit"
        lead="This profile asks for its PIN before a title like this one."
        act="Play it once"
        onTry={attempt}
        onCancel={onCancel}
      />
    </div>
  );
}
