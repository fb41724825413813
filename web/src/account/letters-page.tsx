import { useId, useState, type ReactNode } from "react";
import { useMutation, useQuery } from "urql";
import { isSignedOut } from "../house/client";
import { usePageName } from "../house/page";
import { Unanswered } from "../house/unanswered";
import { LANGUAGES, LetterWishesQuery, SetLetterWishes } from "./letters";
import styles from "./letters-page.module.css";

interface Wishes {
  readonly language: string;
  readonly membership: boolean;
}

interface Said {
  readonly well: boolean;
  readonly text: string;
}

/** Which letters an account is written, and in which language. What is chosen is kept at once. */
export function LettersPage() {
  usePageName("Letters");
  const [{ data, error }] = useQuery({ query: LetterWishesQuery, requestPolicy: "cache-and-network" });
  const [, set] = useMutation(SetLetterWishes);
  const [wished, setWished] = useState<Wishes | null>(null);
  const [said, setSaid] = useState<Said | null>(null);

  const wishes = wished ?? data?.letterWishes;
  if (wishes === undefined) {
    if (error !== undefined && !isSignedOut(error)) return <Unanswered what="your letters" home />;
    return <div className={styles["page"]} role="status" aria-label="Loading your letters" />;
  }
  const change = async (part: Partial<Wishes>) => {
    const next = { language: wishes.language, membership: wishes.membership, ...part };
    setWished(next);
    setSaid(null);
    const { data: done } = await set(next);
    if (done?.answer.__typename === "LetterWishes") {
      setSaid({ well: true, text: "Kept." });
      return;
    }
    setWished(wishes);
    const no = done?.answer;
    setSaid({
      well: false,
      text: no === undefined ? "Nothing was changed: the house did not answer. Try again." : `${no.headline} ${no.reason}`,
    });
  };
  return (
    <div className={styles["page"]}>
      <h1 className={styles["heading"]}>Letters</h1>
      <p className={styles["lead"]}>What we write to your address, and what we leave out.</p>
      <div className={styles["panel"]}>
        <Kind name="Who may come in" what="New devices, passwords, addresses." />
        <Kind name="What you pay" what="Receipts, a payment that failed, a new plan, money back." />
        <Kind name="How your membership goes" what="Free days that end, pauses, farewells.">
          {(described) => (
            <input
              type="checkbox"
              className={styles["tick"]}
              aria-label="Write me how my membership goes"
              aria-describedby={described}
              checked={wishes.membership}
              onChange={(event) => void change({ membership: event.target.checked })}
            />
          )}
        </Kind>
        <Kind name="Language" what="Of every letter.">
          {(described) => (
            <select
              className={styles["choice"]}
              aria-label="Language of letters"
              aria-describedby={described}
              value={wishes.language}
              onChange={(event) => void change({ language: event.target.value })}
            >
              {LANGUAGES.map(([code, name]) => (
                <option key={code} value={code} lang={code}>
                  {name}
                </option>
              ))}
            </select>
          )}
        </Kind>
      </div>
      <p className={said?.well === false ? styles["refused"] : styles["kept"]} role={said?.well === false ? "alert" : "status"}>
        {said?.text}
      </p>
    </div>
  );
}

interface KindProps {
  readonly name: string;
  readonly what: string;
  /** What one may choose; without it these are always written. */
  readonly children?: (described: string) => ReactNode;
}

function Kind({ name, what, children }: KindProps) {
  const described = useId();
  return (
    <div className={styles["kind"]}>
      <div>
        <h2 className={styles["name"]}>{name}</h2>
        <p id={described} className={styles["what"]}>
          {what}
        </p>
      </div>
      {children === undefined ? <span className={styles["always"]}>Always</span> : children(described)}
    </div>
  );
}
