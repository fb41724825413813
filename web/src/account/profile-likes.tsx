import { useState } from "react";
import { useClient } from "urql";
import type { Profile } from "../house/viewer";
import { LANGUAGES, SetPreferences, SIZES, STYLES, type Likes } from "./likes";
import styles from "./profile-form.module.css";

/** How this profile likes to watch; each choice is kept at once. */
export function ProfileLikes({ profile }: { readonly profile: Profile }) {
  const client = useClient();
  const [likes, setLikes] = useState<Likes>(profile.preferences);
  const [said, setSaid] = useState("");
  const keep = async (change: Partial<Likes>) => {
    const before = likes;
    setLikes({ ...likes, ...change });
    const { data } = await client.mutation(SetPreferences, { profile: profile.id, wish: change }).toPromise();
    const kept = data?.answer.__typename === "Profile";
    if (!kept) setLikes(before);
    setSaid(kept ? "Kept." : "Nothing was changed: Matinee did not answer. Try again in a moment.");
  };
  return (
    <fieldset className={styles["group"]}>
      <legend>How {profile.name} likes to watch</legend>
      <Choice name="Language" value={likes.language} of={LANGUAGES} onChoose={(language) => void keep({ language })} />
      <Tick name="Play the next episode by itself" on={likes.autoplayNext} onTurn={(autoplayNext) => void keep({ autoplayNext })} />
      <Tick name="Subtitles" on={likes.subtitles} onTurn={(subtitles) => void keep({ subtitles })} />
      {likes.subtitles && (
        <Choice
          name="Subtitles in"
          value={likes.subtitleLanguage}
          of={LANGUAGES.map((one) => (one.value === "" ? { ...one, words: "The language that is heard" } : one))}
          onChoose={(subtitleLanguage) => void keep({ subtitleLanguage })}
        />
      )}
      <div className={styles["pair"]}>
        <Choice name="Subtitle size" value={likes.subtitleSize} of={SIZES} onChoose={(subtitleSize) => void keep({ subtitleSize })} />
        <Choice
          name="Subtitle style"
          value={likes.subtitleStyle}
          of={STYLES}
          onChoose={(subtitleStyle) => void keep({ subtitleStyle })}
        />
      </div>
      <p className={styles["said"]} role="status">
        {said}
      </p>
    </fieldset>
  );
}

interface ChoiceProps<T extends string> {
  readonly name: string;
  readonly value: T;
  readonly of: readonly { readonly value: T; readonly words: string }[];
  readonly onChoose: (value: T) => void;
}

/** A value that is none of those on offer stays on offer. */
function Choice<T extends string>({ name, value, of, onChoose }: ChoiceProps<T>) {
  const offered = of.some((one) => one.value === value) ? of : [...of, { value, words: value }];
  return (
    <label className={styles["field"]}>
      {name}
      <select
        value={value}
        onChange={(event) => {
          const chosen = offered.find((one) => one.value === event.target.value);
          if (chosen !== undefined) onChoose(chosen.value);
        }}
      >
        {offered.map((one) => (
          <option key={one.value} value={one.value}>
            {one.words}
          </option>
        ))}
      </select>
    </label>
  );
}

interface TickProps {
  readonly name: string;
  readonly on: boolean;
  readonly onTurn: (on: boolean) => void;
}

function Tick({ name, on, onTurn }: TickProps) {
  return (
    <label className={styles["tick"]}>
      <input type="checkbox" checked={on} onChange={(event) => onTurn(event.target.checked)} />
      <span>{name}</span>
    </label>
  );
}
