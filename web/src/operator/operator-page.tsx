import { useState } from "react";
import { useQuery } from "urql";
import { useLookAgain } from "../browse/look-again";
import { isSignedOut } from "../house/client";
import { usePageName } from "../house/page";
import { Unanswered } from "../house/unanswered";
import { Acts } from "./acts";
import { Boxes, Screens } from "./boxes";
import { inBits, inSpeed } from "./figures";
import { ForTheOperator } from "./frame";
import { Jobs } from "./jobs";
import { Library } from "./library";
import { FloorQuery, LibraryQuery, type Box, type Job, type LibraryTitle, type Screen } from "./operations";
import styles from "./operator-page.module.css";
import { OperatorRooms } from "./rooms";
import { Tallies, Tally } from "./tally";

const MOVES_EVERY_MS = 1_500;
const RESTS_EVERY_MS = 5_000;

/** The same house with the lights half up: what is made, what is served, who watches, and what is on the shelves. */
export function OperatorPage() {
  usePageName("Looking after the house");
  const [finished, setFinished] = useState(false);
  const [floor, lookAtFloor] = useQuery({ query: FloorQuery, variables: { finished }, requestPolicy: "cache-and-network" });
  const [library, lookAtLibrary] = useQuery({ query: LibraryQuery, requestPolicy: "cache-and-network" });
  const again = () => lookAtFloor({ requestPolicy: "network-only" });
  const [nowMs, setNowMs] = useState(() => Date.now());
  useLookAgain(() => {
    setNowMs(Date.now());
    again();
  }, MOVES_EVERY_MS);
  useLookAgain(() => lookAtLibrary({ requestPolicy: "network-only" }), RESTS_EVERY_MS);

  const data = floor.data?.operator;
  if (data === null) return <ForTheOperator />;
  if (data === undefined) {
    if (floor.error !== undefined && !isSignedOut(floor.error)) return <Unanswered what="the state of the house" home />;
    return <div className={styles["page"]} role="status" aria-label="Loading the state of the house" />;
  }
  const titles = library.data?.operator?.titles ?? [];
  return (
    <div className={styles["page"]}>
      <OperatorRooms at="/operator" />
      <h1 className={styles["heading"]}>The house</h1>
      {floor.error !== undefined && (
        <p className={styles["stale"]} role="status">
          The house does not answer just now; these are its last words. We keep asking.
        </p>
      )}
      <AtAGlance screens={data.screens} jobs={data.jobs} boxes={data.boxes} titles={titles} />
      <Jobs jobs={data.jobs} finished={finished} onFinished={setFinished} onChange={again} />
      <Boxes boxes={data.boxes} nowMs={nowMs} />
      <Screens screens={data.screens} nowMs={nowMs} />
      <Library titles={titles} />
      <Acts nowMs={nowMs} />
    </div>
  );
}

interface AtAGlanceProps {
  readonly screens: readonly Screen[];
  readonly jobs: readonly Job[];
  readonly boxes: readonly Box[];
  readonly titles: readonly LibraryTitle[];
}

/** Four figures that say whether all is well. */
function AtAGlance({ screens, jobs, boxes, titles }: AtAGlanceProps) {
  const running = jobs.filter((job) => job.state === "RUNNING");
  const waiting = jobs.filter((job) => job.state === "WAITING").length;
  const speed = running.reduce((sum, job) => sum + (job.speed ?? 0), 0);
  const serving = boxes.filter((box) => box.serving).length;
  const egress = boxes.reduce((sum, box) => sum + box.bitsPerSecond, 0);
  const playable = titles.filter((title) => title.state === "PLAYABLE" && title.kind !== "SERIES").length;
  const failed = titles.filter((title) => title.state === "FAILED").length;
  return (
    <Tallies>
      <Tally name="Watching now" figure={String(screens.length)} aside={inBits(egress)} />
      <Tally
        name="Playable titles"
        figure={String(playable)}
        aside={failed > 0 ? `${failed} failed` : "none failed"}
        bad={failed > 0}
      />
      <Tally
        name="Encoding"
        figure={speed > 0 ? inSpeed(speed) : running.length > 0 ? "begun" : "at rest"}
        aside={`${running.length} running, ${waiting} waiting`}
      />
      <Tally
        name="Boxes serving"
        figure={`${serving} of ${boxes.length}`}
        aside={serving === boxes.length ? "all well" : "see below"}
        bad={serving < boxes.length}
      />
    </Tallies>
  );
}
