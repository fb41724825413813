import { useQuery } from "urql";
import { LinkPill } from "../house/button";
import { isSignedOut } from "../house/client";
import { usePageName } from "../house/page";
import { Unanswered } from "../house/unanswered";
import { Nothing } from "./nothing";
import { WallSkeleton } from "./skeletons";
import { ListQuery } from "./titles";
import { Wall } from "./wall";
import styles from "./wall-page.module.css";

/** What this profile means to watch. */
export function ListPage() {
  usePageName("My list");
  const [{ data, error }] = useQuery({ query: ListQuery, requestPolicy: "cache-and-network" });
  if (data === undefined && error !== undefined && !isSignedOut(error)) {
    return <Unanswered what="your list" home />;
  }
  return (
    <div className={styles["page"]}>
      <h1 className={styles["heading"]}>My list</h1>
      {data === undefined && <WallSkeleton />}
      {data?.myList.length === 0 && (
        <Nothing title="Nothing on it yet" reason="The plus on a title puts it here, for an evening that has time for it.">
          <LinkPill to="/" main>
            Look around
          </LinkPill>
        </Nothing>
      )}
      {data !== undefined && <Wall titles={data.myList} label="My list" />}
    </div>
  );
}
