import { useState } from "react";
import { useClient, useQuery } from "urql";
import { Nothing } from "../browse/nothing";
import { numberOf, leftInWords, isBegun } from "../browse/words";
import { Button, LinkPill } from "../house/button";
import { isSignedOut, kindOf } from "../house/client";
import { CrossIcon } from "../house/icons";
import { Link } from "../house/link";
import { Notice } from "../house/notice";
import { usePageName } from "../house/page";
import { Unanswered } from "../house/unanswered";
import { pathTo } from "../house/way";
import { ActivityQuery, byDay, HideWatched, type Watched } from "./activity";
import styles from "./activity-page.module.css";

const A_PAGE = 40;

/** What this profile watched; any of it can be forgotten, and all of it taken along. */
export function ActivityPage() {
  usePageName("What was watched");
  const client = useClient();
  const [limit, setLimit] = useState(A_PAGE);
  const [stuck, setStuck] = useState(false);
  const [{ data, error, fetching }, ask] = useQuery({
    query: ActivityQuery,
    variables: { limit, offset: 0 },
    requestPolicy: "cache-and-network",
  });
  const hide = async (title: string | null) => {
    const { data: done } = await client.mutation(HideWatched, { title }, { additionalTypenames: ["Title", "Activity"] }).toPromise();
    setStuck(done?.answer !== null);
    ask({ requestPolicy: "network-only" });
  };

  if (kindOf(error) === "forbidden") {
    return (
      <Notice title="That is for grown-ups" reason="Let one of them say who is watching, and look again.">
        <LinkPill to="/who" main>
          Who’s watching
        </LinkPill>
      </Notice>
    );
  }
  if (data === undefined && error !== undefined && !isSignedOut(error)) return <Unanswered what="what was watched" home />;
  const watched = data?.activity.watched ?? [];
  return (
    <div className={styles["page"]}>
      <header className={styles["head"]}>
        <h1 className={styles["heading"]}>What {data?.viewer.profile?.name ?? "you"} watched</h1>
        {watched.length > 0 && (
          <div className={styles["acts"]}>
            <a className={styles["take"]} href="/account/activity.csv" download>
              Take it along (CSV)
            </a>
            <HideAll onHide={() => void hide(null)} />
          </div>
        )}
      </header>
      {stuck && (
        <p className={styles["stuck"]} role="alert">
          Nothing was changed: Matinee did not answer. Try again in a moment.
        </p>
      )}
      {data?.activity.watched.length === 0 && (
        <Nothing title="Nothing yet" reason="What this profile watches stands here, the latest first.">
          <LinkPill to="/" main>
            Look around
          </LinkPill>
        </Nothing>
      )}
      {byDay(watched, new Date()).map(({ day, watched: lines }) => (
        <section key={day} aria-label={day}>
          <h2 className={styles["day"]}>{day}</h2>
          <ul className={styles["lines"]} role="list">
            {lines.map((line) => (
              <Line key={line.title.id} line={line} onHide={(title) => void hide(title)} />
            ))}
          </ul>
        </section>
      ))}
      {data?.activity.more === true && (
        <Button className={styles["more"]} aria-disabled={fetching} onClick={() => setLimit(limit + A_PAGE)}>
          Show earlier ones
        </Button>
      )}
    </div>
  );
}

function Line({ line: { title, bookmark }, onHide }: { readonly line: Watched; readonly onHide: (title: string) => void }) {
  const name = title.series === null ? title.name : `${title.series.name}: ${title.name}`;
  const number = numberOf(title);
  const time = new Date(bookmark.at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  const far = bookmark.finished ? "Watched to the end" : isBegun(bookmark) ? leftInWords(bookmark) : "Begun";
  return (
    <li className={styles["line"]}>
      {title.art === null ? <span className={styles["still"]} /> : <img className={styles["still"]} src={title.art.card} alt="" />}
      <div className={styles["words"]}>
        <Link to={pathTo.title(title.id)} className={styles["name"]}>
          {name}
        </Link>
        <p className={styles["facts"]}>
          {[number, far, time].filter((fact) => fact !== "").join(" · ")}
        </p>
      </div>
      {title.series !== null && (
        <Button className={styles["whole"]} onClick={() => onHide(title.series?.id ?? title.id)} aria-label={`Hide all of ${title.series.name}`}>
          Hide the series
        </Button>
      )}
      <button type="button" className={styles["hide"]} aria-label={`Hide ${name}`} title="Hide from history" onClick={() => onHide(title.id)}>
        <CrossIcon size={20} />
      </button>
    </li>
  );
}

/** Asks once more: where one was in every title goes with it. */
function HideAll({ onHide }: { readonly onHide: () => void }) {
  const [sure, setSure] = useState(false);
  return (
    <Button onClick={() => (sure ? onHide() : setSure(true))} onBlur={() => setSure(false)}>
      {sure ? "Hide all, and every place in it" : "Hide all"}
    </Button>
  );
}
