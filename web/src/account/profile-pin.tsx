import { useState, type SubmitEvent } from "react";
import { useClient } from "urql";
import { Button } from "../house/button";
import type { Profile } from "../house/viewer";
import { digitsOf, LEAST_DIGITS, SetPin, whenAgain } from "./pins";
import styles from "./profile-form.module.css";

/** Sets, changes and removes a profile's PIN, with the account's password. */
export function ProfilePin({ profile, onChanged }: { readonly profile: Profile; readonly onChanged: () => void }) {
  const client = useClient();
  const [pin, setPin] = useState("");
  const [password, setPassword] = useState("");
  const [asks, setAsks] = useState(profile.asksAbove);
  const [said, setSaid] = useState<{ readonly text: string; readonly wrong: boolean } | null>(null);
  const may = !profile.kids && profile.maturityLimit < 18;

  const set = async (wanted: string) => {
    const { data } = await client
      .mutation(SetPin, { profile: profile.id, pin: wanted, password, asksAbove: may && asks })
      .toPromise();
    const answer = data?.answer;
    if (answer === undefined) setSaid({ text: "Nothing was changed: Matinee did not answer. Try again in a moment.", wrong: true });
    else if (answer.__typename === "Refused") {
      setSaid({ text: `${answer.headline} ${answer.reason}${whenAgain(answer.retryAt, Date.now())}`, wrong: true });
    } else {
      setPin("");
      setPassword("");
      setSaid({ text: wanted === "" ? "The PIN is gone." : "The PIN is set.", wrong: false });
      onChanged();
    }
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (pin.length < LEAST_DIGITS) setSaid({ text: "A PIN has 4 to 6 digits.", wrong: true });
    else if (password === "") setSaid({ text: "Add the account’s password.", wrong: true });
    else void set(pin);
  };

  return (
    <form className={styles["group"]} onSubmit={submit} noValidate>
      <h2 className={styles["subheading"]}>PIN</h2>
      <p className={styles["aside"]}>
        {profile.kids
          ? "Asked for whenever somebody picks this profile."
          : "Asked for whenever somebody picks this profile, and before a child leaves a kids’ profile."}
      </p>
      <div className={styles["pair"]}>
        <label className={styles["field"]}>
          {profile.hasPin ? "New PIN" : "PIN"}, 4 to 6 digits
          <input
            type="password"
            inputMode="numeric"
            autoComplete="off"
            value={pin}
            onChange={(event) => setPin(digitsOf(event.target.value))}
          />
        </label>
        <label className={styles["field"]}>
          The account’s password
          <input
            type="password"
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </label>
      </div>
      {may && (
        <label className={styles["tick"]}>
          <input type="checkbox" checked={asks} onChange={(event) => setAsks(event.target.checked)} />
          <span>
            Ask for the PIN above the limit<small>Those titles are shown locked, instead of not at all.</small>
          </span>
        </label>
      )}
      <p className={said?.wrong === true ? styles["wrong"] : styles["said"]} role="status">
        {said?.text}
      </p>
      <div className={styles["acts"]}>
        <Button type="submit">{profile.hasPin ? "Change the PIN" : "Set the PIN"}</Button>
        {profile.hasPin && (
          <Button className={styles["remove"]} onClick={() => void set("")}>
            Remove the PIN
          </Button>
        )}
      </div>
    </form>
  );
}
