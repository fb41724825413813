import { useQuery } from "urql";
import { OperatorFrame } from "../frame";
import operator from "../operator-page.module.css";
import { Alarms } from "./alarms";
import { Sessions, Timeline } from "./drill";
import styles from "./figures-page.module.css";
import { History } from "./history";
import { useLive, type Live } from "./live";
import { Now } from "./live-panels";
import { GateQuery } from "./questions";
import { Returning } from "./returning";
import { secondInWords, shownBy } from "./spans";

/** How films play: now, over time, and down to the one session where it went wrong. */
export function FiguresPage({ search }: { readonly search: string }) {
  const [{ data, error }] = useQuery({ query: GateQuery });
  const may = data?.operator;
  const { live, silent } = useLive(may !== undefined && may !== null);
  return (
    <OperatorFrame at="/operator/figures" heading="Figures" found={may} error={error} what="the figures">
      {() => <Figures search={search} live={live} silent={silent} />}
    </OperatorFrame>
  );
}

function Figures({ search, live, silent }: { readonly search: string; readonly live: Live | null; readonly silent: boolean }) {
  const shown = shownBy(search);
  return (
    <div className={styles["links"]}>
      {silent && (
        <p className={operator["stale"]} role="status">
          The house does not tell how it is just now{live === null ? "" : `; these are its words as of ${secondInWords(live.at)}`}. We keep asking.
        </p>
      )}
      {shown.view !== "" && <Timeline key={shown.view} id={shown.view} shown={shown} />}
      {shown.view === "" && shown.behind !== null && <Sessions key={search} behind={shown.behind} shown={shown} />}
      {live !== null && <Alarms live={live} shown={shown} />}
      {live !== null && <Now live={live} shown={shown} />}
      <History shown={shown} live={live} />
      <Returning />
    </div>
  );
}
