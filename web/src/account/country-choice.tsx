import { useState } from "react";
import { useClient } from "urql";
import { COUNTRIES, nameOf, SetCountry, type Country } from "./countries";
import styles from "./profile-form.module.css";

/** Where the account is at home: it decides which titles are shown, and by which names their ages go. */
export function CountryChoice({ country, onChanged }: { readonly country: Country; readonly onChanged: () => void }) {
  const client = useClient();
  const [said, setSaid] = useState("");
  const [now] = useState(() => Date.now());
  const until = country.changesAt !== null && Date.parse(country.changesAt) > now ? country.changesAt : null;
  const choose = async (code: string) => {
    const { data } = await client.mutation(SetCountry, { code }).toPromise();
    const answer = data?.answer;
    if (answer?.__typename === "Refused") setSaid(`${answer.headline} ${answer.reason}`);
    else setSaid(answer === undefined ? "Nothing was changed: Matinee did not answer. Try again in a moment." : "");
    onChanged();
  };
  return (
    <label className={`${styles["field"]} ${styles["country"]}`}>
      At home in
      <select value={country.code} disabled={until !== null} onChange={(event) => void choose(event.target.value)}>
        {country.code === "" && <option value="">Nowhere yet</option>}
        {COUNTRIES.map((code) => (
          <option key={code} value={code}>
            {nameOf(code)}
          </option>
        ))}
      </select>
      <span className={styles["aside"]} role="status">
        {said !== ""
          ? said
          : until !== null
            ? `It can be changed again on ${new Date(until).toLocaleDateString("en-GB", { day: "numeric", month: "long" })}.`
            : "It changes once in thirty days at most."}
      </span>
    </label>
  );
}
