import { useState } from "react";
import { useQuery } from "urql";
import { Button } from "../house/button";
import { isSignedOut } from "../house/client";
import { PencilIcon, PlusIcon } from "../house/icons";
import { Mark } from "../house/mark";
import { usePageName } from "../house/page";
import { Unanswered } from "../house/unanswered";
import type { Profile } from "../house/viewer";
import { safeNext } from "../house/way";
import { Avatar } from "./avatar";
import type { DoorRefusal } from "./door";
import { ProfileForm } from "./profile-form";
import { ProfilesQuery } from "./profiles";
import { useSession } from "./session";
import styles from "./who-page.module.css";

const AT_MOST = 5;

/** Who's watching: pick a profile, or look after them. */
export function WhoPage({ search }: { readonly search: string }) {
  usePageName("Who's watching");
  const [{ data, error }, ask] = useQuery({ query: ProfilesQuery, requestPolicy: "cache-and-network" });
  const [wantsToManage, setManaging] = useState(() => new URLSearchParams(search).has("manage"));
  const [edited, setEdited] = useState<Profile | "new" | null>(null);
  const [refusal, setRefusal] = useState<DoorRefusal | null>(null);
  const { picked } = useSession();

  if (data === undefined) {
    if (error !== undefined && !isSignedOut(error)) return <Unanswered what="your profiles" />;
    return <div className={styles["page"]} role="status" aria-label="Loading the profiles" />;
  }
  if (edited !== null) {
    return (
      <div className={styles["page"]}>
        <ProfileForm
          profile={edited === "new" ? null : edited}
          avatars={data.avatars}
          others={data.profiles}
          onDone={() => {
            setEdited(null);
            ask({ requestPolicy: "network-only" });
          }}
        />
      </div>
    );
  }

  // Profiles are looked after by grown-ups.
  const child = data.viewer.profile?.kids === true;
  const managing = wantsToManage && !child;
  const choose = async (profile: Profile) => {
    if (managing) setEdited(profile);
    else setRefusal(await picked(profile.id, safeNext(search)));
  };
  return (
    <div className={styles["page"]}>
      <Mark large />
      <h1 className={styles["heading"]}>{managing ? "Look after profiles" : "Who’s watching?"}</h1>
      {refusal !== null && (
        <p className={styles["refusal"]} role="alert">
          {refusal.title}. {refusal.reason}
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
            <button type="button" className={styles["profile"]} onClick={() => setEdited("new")}>
              <span className={`${styles["avatar"]} ${styles["empty"]}`}>
                <PlusIcon size={36} />
              </span>
              Add<span className="unseen"> a profile</span>
            </button>
          </li>
        )}
      </ul>
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
      {profile.kids && <span className={styles["kids"]}>Kids</span>}
    </button>
  );
}
