import { useState } from "react";
import { useQuery } from "urql";
import { Button } from "../house/button";
import { isSignedOut } from "../house/client";
import { LockIcon, PencilIcon, PlusIcon } from "../house/icons";
import { Mark } from "../house/mark";
import { usePageName } from "../house/page";
import { wordsOf } from "../house/refusal";
import { Unanswered } from "../house/unanswered";
import type { Profile } from "../house/viewer";
import { safeNext } from "../house/way";
import { Avatar } from "./avatar";
import { CountryChoice } from "./country-choice";
import type { DoorRefusal } from "./door";
import { PinPad } from "./pin-pad";
import { ProfileForm } from "./profile-form";
import { ProfileLikes } from "./profile-likes";
import { ProfilePin } from "./profile-pin";
import { ProfilesQuery } from "./profiles";
import { useSession } from "./session";
import styles from "./who-page.module.css";

const AT_MOST = 5;
const NEW = "new";

/** Who's watching: pick a profile, or look after them. */
export function WhoPage({ search }: { readonly search: string }) {
  usePageName("Who's watching");
  const [{ data, error }, ask] = useQuery({ query: ProfilesQuery, requestPolicy: "cache-and-network" });
  const [wantsToManage, setManaging] = useState(() => new URLSearchParams(search).has("manage"));
  const [edited, setEdited] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<DoorRefusal | null>(null);
  const [locked, setLocked] = useState(() => new URLSearchParams(search).get("pin"));
  const { picked } = useSession();

  if (data === undefined) {
    if (error !== undefined && !isSignedOut(error)) return <Unanswered what="your profiles" />;
    return <div className={styles["page"]} role="status" aria-label="Loading the profiles" />;
  }
  const chosen = data.profiles.find(({ id }) => id === edited) ?? null;
  if (chosen !== null || edited === NEW) {
    return (
      <div className={styles["page"]}>
        <div className={styles["sheet"]}>
          <ProfileForm
            profile={chosen}
            avatars={data.avatars}
            others={data.profiles}
            limits={data.country.limits}
            onDone={() => {
              setEdited(null);
              ask({ requestPolicy: "network-only" });
            }}
          />
          {chosen !== null && (
            <>
              <ProfileLikes profile={chosen} />
              <ProfilePin profile={chosen} onChanged={() => ask({ requestPolicy: "network-only" })} />
            </>
          )}
        </div>
      </div>
    );
  }

  const wanted = data.profiles.find(({ id }) => id === locked);
  if (wanted !== undefined) {
    return (
      <div className={styles["page"]}>
        <PinPad
          heading={wanted.hasPin ? `Hello, ${wanted.name}` : "Ask a grown-up"}
          lead={wanted.hasPin ? "This profile has a PIN." : `A grown-up’s PIN leads on to ${wanted.name}.`}
          act="Go on"
          onTry={(proof) => picked(wanted.id, safeNext(search), proof)}
          onCancel={() => setLocked(null)}
        />
      </div>
    );
  }

  // Profiles are looked after by grown-ups.
  const child = data.viewer.profile?.kids === true;
  const managing = wantsToManage && !child;
  const choose = async (profile: Profile) => {
    if (managing) setEdited(profile.id);
    else {
      const no = await picked(profile.id, safeNext(search));
      if (no?.field === "pin") setLocked(profile.id);
      else setRefusal(no);
    }
  };
  return (
    <div className={styles["page"]}>
      <Mark large />
      <h1 className={styles["heading"]}>{managing ? "Look after profiles" : "Who’s watching?"}</h1>
      {refusal !== null && (
        <p className={styles["refusal"]} role="alert">
          {wordsOf(refusal)}
        </p>
      )}
      <ul className={styles["profiles"]} role="list">
        {data.profiles.map((profile) => (
          <li key={profile.id}>
            <Face profile={profile} managing={managing} onChoose={() => void choose(profile)} />
          </li>
        ))}
        {data.profiles.length < AT_MOST && !child && (
          <li>
            <button type="button" className={styles["profile"]} onClick={() => setEdited(NEW)}>
              <span className={`${styles["avatar"]} ${styles["empty"]}`}>
                <PlusIcon size={36} />
              </span>
              Add<span className="unseen"> a profile</span>
            </button>
          </li>
        )}
      </ul>
      {managing && <CountryChoice country={data.country} onChanged={() => ask({ requestPolicy: "network-only" })} />}
      {!child && (
        <Button className={styles["manage"]} onClick={() => setManaging(!managing)}>
          {managing ? "Done" : "Manage profiles"}
        </Button>
      )}
    </div>
  );
}

interface FaceProps {
  readonly profile: Profile;
  readonly managing: boolean;
  readonly onChoose: () => void;
}

function Face({ profile, managing, onChoose }: FaceProps) {
  return (
    <button type="button" className={styles["profile"]} onClick={onChoose}>
      <span className={styles["avatar"]}>
        <Avatar name={profile.avatar} />
        {managing && (
          <span className={styles["pencil"]}>
            <PencilIcon />
          </span>
        )}
      </span>
      <span className={styles["name"]}>
        {managing && <span className="unseen">Change </span>}
        {profile.name}
      </span>
      {profile.hasPin && (
        <span className={styles["lock"]}>
          <LockIcon size={16} />
          <span className="unseen">with a PIN</span>
        </span>
      )}
      {profile.kids && <span className={styles["kids"]}>Kids</span>}
    </button>
  );
}
