import type { CSSProperties } from "react";
import { useQuery } from "urql";
import { useLookAgain } from "../../browse/look-again";
import { graphql } from "../../house/graphql";
import { Lines, Panel, Quiet } from "../panel";
import figures from "./figures-page.module.css";
import { cellsOf, monthInWords, monthsShown, type Cell, type Cohort } from "./cohorts";
import styles from "./cohorts.module.css";
import { momentInWords } from "./spans";

const RetentionQuery = graphql(`
  query Retention {
    operator {
      retention {
        readAt
        problem
        cohorts {
          month
          profiles
          active
        }
      }
    }
  }
`);

const SOON_MS = 2_000;
const CALMLY_MS = 300_000;

/** Of the profiles that first watched in a month, how many watch in each month since. */
export function Returning() {
  const [{ data, error }, ask] = useQuery({ query: RetentionQuery, requestPolicy: "cache-and-network" });
  const told = data?.operator?.retention;
  const isUnread = told?.readAt === null && told.problem === null;
  useLookAgain(() => ask({ requestPolicy: "network-only" }), isUnread ? SOON_MS : CALMLY_MS);
  const readAt = told?.readAt ?? null;
  return (
    <Panel title="Who comes back" aside={readAt !== null && <span className={figures["quiet"]}>taken in hourly, read at {momentInWords(Date.parse(readAt), 0)}</span>}>
      {error !== undefined && told === undefined && <Quiet>The warehouse does not answer just now. We keep asking.</Quiet>}
      {told !== undefined && told.problem !== null && (
        <p className={figures["asOf"]} role="status">
          The warehouse could not be read: {told.problem}. {readAt !== null && "These are its words from before."}
        </p>
      )}
      {isUnread && <Quiet>The warehouse is being read for the first time; that takes some seconds.</Quiet>}
      {readAt !== null && told?.cohorts.length === 0 && (
        <Quiet>Nobody has watched yet, as far as the warehouse knows. What was watched is taken in once an hour.</Quiet>
      )}
      {told !== undefined && told.cohorts.length > 0 && <Cohorts cohorts={told.cohorts} />}
    </Panel>
  );
}

function Cohorts({ cohorts }: { readonly cohorts: readonly Cohort[] }) {
  const columns = monthsShown(cohorts);
  const later = Array.from({ length: columns - 1 }, (_, number) => (number === 0 ? "a month later" : `${number + 1} later`));
  return (
    <div className={styles["cohorts"]}>
      <Lines label="Who comes back" columns={["First watched in", "Profiles", "That month", ...later].slice(0, 2 + columns)}>
        {cohorts.map((cohort) => (
          <tr key={cohort.month}>
            <th scope="row">{monthInWords(cohort.month)}</th>
            <td>{cohort.profiles}</td>
            {cellsOf(cohort, columns).map((cell, number) => (
              <Share key={number} cell={cell} />
            ))}
          </tr>
        ))}
      </Lines>
    </div>
  );
}

/** The more come back the more it glows; the words stand in it. */
function Share({ cell }: { readonly cell: Cell | undefined }) {
  if (cell === undefined) return <td />;
  return (
    <td className={styles["share"]} data-so-far={cell.soFar} style={{ "--share": cell.share.toFixed(3) } as CSSProperties}>
      <span title={`${cell.active} of them`}>
        {Math.round(cell.share * 100)} %{cell.soFar && <span className="unseen"> so far</span>}
      </span>
    </td>
  );
}
