import { useEffect, useId, useRef, useState, type SubmitEvent } from "react";
import { useClient } from "urql";
import { Button } from "../house/button";
import type { Profile } from "../house/viewer";
import { Avatar } from "./avatar";
import { ChangeProfile, CreateProfile, freeAvatar, limitsFor, RemoveProfile, withKids, type Draft, type Limit } from "./profiles";
import styles from "./profile-form.module.css";

interface ProfileFormProps {
  /** Null for one that is to be made. */
  readonly profile: Profile | null;
  readonly avatars: readonly string[];
  readonly others: readonly Profile[];
  readonly limits: readonly Limit[];
  readonly onDone: () => void;
}

interface No {
  readonly headline: string;
  readonly reason: string;
}

const UNANSWERED: No = { headline: "Matinee did not answer", reason: "Nothing was changed. Try again in a moment." };

function firstDraft(profile: Profile | null, avatars: readonly string[], others: readonly Profile[]): Draft {
  if (profile !== null) return profile;
  return { name: "", avatar: freeAvatar(avatars, others.map((other) => other.avatar)), kids: false, maturityLimit: 18 };
}

export function ProfileForm({ profile, avatars, others, limits, onDone }: ProfileFormProps) {
  const client = useClient();
  const [draft, setDraft] = useState(() => firstDraft(profile, avatars, others));
  const [no, setNo] = useState<No | null>(null);
  const name = useRef<HTMLInputElement>(null);
  const heading = profile === null ? "A new profile" : `Change ${profile.name}`;
  useEffect(() => name.current?.focus(), []);

  const heard = (answer: (No & { readonly __typename: "Refused" }) | { readonly __typename: "Profile" } | null | undefined) => {
    if (answer === undefined) setNo(UNANSWERED);
    else if (answer?.__typename === "Refused") setNo(answer);
    else onDone();
  };
  const save = async () => {
    const { name: written, avatar, kids, maturityLimit } = draft;
    const wish = { name: written.trim(), avatar, kids, maturityLimit };
    const { data } =
      profile === null
        ? await client.mutation(CreateProfile, wish).toPromise()
        : await client.mutation(ChangeProfile, { id: profile.id, ...wish }).toPromise();
    heard(data?.answer);
  };
  const remove = async (id: string) => {
    const { data } = await client.mutation(RemoveProfile, { id }, { additionalTypenames: ["Profile"] }).toPromise();
    heard(data === undefined ? undefined : data.answer);
  };
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    if (draft.name.trim() === "") {
      setNo({ headline: "A profile needs a name", reason: "Write one of up to 30 letters." });
      name.current?.focus();
    } else void save();
  };

  return (
    <form className={styles["form"]} onSubmit={submit} noValidate>
      <h1 className={styles["heading"]}>{heading}</h1>
      {no !== null && (
        <p className={styles["refusal"]} role="alert">
          <strong>{no.headline}</strong> {no.reason}
        </p>
      )}
      <label className={styles["field"]}>
        Name
        <input
          ref={name}
          value={draft.name}
          maxLength={30}
          autoComplete="off"
          onChange={(event) => setDraft({ ...draft, name: event.target.value })}
        />
      </label>
      <Drawings avatars={avatars} chosen={draft.avatar} onChoose={(avatar) => setDraft({ ...draft, avatar })} />
      <label className={styles["tick"]}>
        <input type="checkbox" checked={draft.kids} onChange={(event) => setDraft(withKids(draft, event.target.checked))} />
        <span>
          For kids<small>Only titles made for their age are on their shelves.</small>
        </span>
      </label>
      <label className={styles["field"]}>
        May watch
        <select
          value={draft.maturityLimit}
          onChange={(event) => setDraft({ ...draft, maturityLimit: Number(event.target.value) })}
        >
          {limitsFor(draft, limits).map(({ years, words }) => (
            <option key={years} value={years}>
              {words}
            </option>
          ))}
        </select>
      </label>
      <div className={styles["acts"]}>
        <Button main type="submit">
          Save
        </Button>
        <Button onClick={onDone}>Cancel</Button>
        {profile !== null && others.length > 1 && <Removal name={profile.name} onRemove={() => void remove(profile.id)} />}
      </div>
    </form>
  );
}

interface DrawingsProps {
  readonly avatars: readonly string[];
  readonly chosen: string;
  readonly onChoose: (avatar: string) => void;
}

function Drawings({ avatars, chosen, onChoose }: DrawingsProps) {
  const group = useId();
  return (
    <fieldset className={styles["drawings"]}>
      <legend>Picture</legend>
      {avatars.map((avatar) => (
        <label key={avatar} className={styles["drawing"]}>
          <input
            type="radio"
            name={group}
            checked={avatar === chosen}
            onChange={() => onChoose(avatar)}
            aria-label={avatar}
          />
          <Avatar name={avatar} />
        </label>
      ))}
    </fieldset>
  );
}

/** Asks once more, for what a profile has watched and kept goes with it. */
function Removal({ name, onRemove }: { readonly name: string; readonly onRemove: () => void }) {
  const [sure, setSure] = useState(false);
  return (
    <Button className={styles["remove"]} onClick={() => (sure ? onRemove() : setSure(true))} onBlur={() => setSure(false)}>
      {sure ? `Remove ${name} and its list` : "Remove"}
    </Button>
  );
}
