import { useId, useState } from "react";
import { useQuery } from "urql";
import { Avatar } from "../account/avatar";
import { useSession } from "../account/session";
import { Link } from "./link";
import { useMenu } from "./use-menu";
import { go, pathTo } from "./way";
import { ViewerQuery } from "./viewer";
import styles from "./account-menu.module.css";

/** Who is watching, who else could, and the ways to the house's other rooms. */
export function AccountMenu() {
  const [{ data }] = useQuery({ query: ViewerQuery });
  const { picked, signOut } = useSession();
  const { open, setOpen, root, opener } = useMenu();
  const [stuck, setStuck] = useState(false);
  const panel = useId();
  const watching = data?.viewer.profile ?? null;
  const others = data?.profiles.filter((profile) => profile.id !== watching?.id) ?? [];

  const change = async (id: string) => {
    const no = await picked(id, "/");
    setStuck(no !== null && no.field !== "pin");
    setOpen(no !== null && no.field !== "pin");
    if (no?.field === "pin") go(pathTo.pin(id));
  };
  return (
    <div ref={root} className={styles["account"]}>
      <button
        ref={opener}
        type="button"
        className={styles["opener"]}
        aria-label={`Account: ${watching?.name ?? "You"}`}
        aria-expanded={open}
        aria-controls={panel}
        onClick={() => setOpen(!open)}
      >
        <span className={styles["avatar"]}>{watching !== null && <Avatar name={watching.avatar} />}</span>
        <span className={styles["phone"]} aria-hidden="true">
          {watching?.name ?? "You"}
        </span>
      </button>
      <div id={panel} className={styles["panel"]} hidden={!open}>
        <p className={styles["who"]}>
          <span className={styles["name"]}>{watching?.name ?? "Nobody yet"}</span>
          <span className={styles["email"]}>{data?.viewer.email ?? "Signed in"}</span>
        </p>
        {others.map((profile) => (
          <button key={profile.id} type="button" className={styles["choice"]} onClick={() => void change(profile.id)}>
            <span className={styles["small"]}>
              <Avatar name={profile.avatar} />
            </span>
            <span className="unseen">Watch as </span>
            {profile.name}
          </button>
        ))}
        <hr className={styles["line"]} />
        <Link to="/who" className={styles["choice"]}>
          Who’s watching
        </Link>
        {watching?.kids !== true && (
          <>
            <Link to="/account/activity" className={styles["choice"]}>
              What was watched
            </Link>
            <Link to="/who?manage" className={styles["choice"]}>
              Manage profiles
            </Link>
            <Link to="/account" className={styles["choice"]}>
              Account
            </Link>
            <Link to="/account/security" className={styles["choice"]}>
              Signing in
            </Link>
          </>
        )}
        {data?.viewer.operator === true && watching?.kids !== true && (
          <Link to="/operator" className={styles["choice"]}>
            Look after the house
          </Link>
        )}
        <button
          type="button"
          className={styles["choice"]}
          onClick={() => void signOut().then((done) => setStuck(!done))}
        >
          Sign out
        </button>
        {stuck && (
          <p className={styles["stuck"]} role="alert">
            Nothing was changed: Matinee did not answer. Try again in a moment.
          </p>
        )}
      </div>
    </div>
  );
}
