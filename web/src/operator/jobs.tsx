import { useState } from "react";
import { useMutation } from "urql";
import { Progress } from "../browse/progress";
import { inSpeed, rungInWords, spanInWords } from "./figures";
import styles from "./jobs.module.css";
import { CancelJob, RetryJob, type Job } from "./operations";
import { Lines, Panel, Quiet } from "./panel";

interface JobsProps {
  readonly jobs: readonly Job[];
  readonly finished: boolean;
  readonly onFinished: (finished: boolean) => void;
  readonly onChange: () => void;
}

/** What the studio is making now, how far it is, and a hand on it. */
export function Jobs({ jobs, finished, onFinished, onChange }: JobsProps) {
  const [refused, setRefused] = useState<string | null>(null);
  return (
    <Panel
      title="In the studio"
      aside={
        <label className={styles["tick"]}>
          <input type="checkbox" checked={finished} onChange={(event) => onFinished(event.target.checked)} />
          Finished ones too
        </label>
      }
    >
      {refused !== null && (
        <p className={styles["refused"]} role="alert">
          {refused}
        </p>
      )}
      {jobs.length === 0 ? (
        <Quiet>Nothing is being made. A film put into the library folder appears here by itself.</Quiet>
      ) : (
        <Lines label="Jobs" columns={["File", "Step", "Progress", "Speed", "Left", "(Acts)"]}>
          {jobs.map((job) => (
            <JobLine key={job.id} job={job} onRefused={setRefused} onChange={onChange} />
          ))}
        </Lines>
      )}
    </Panel>
  );
}

const STANDS: Readonly<Record<Job["state"], string>> = {
  WAITING: "waiting for its turn",
  RUNNING: "",
  DONE: "done",
  FAILED: "failed",
  CANCELLED: "cancelled",
};

interface LineProps {
  readonly job: Job;
  readonly onRefused: (reason: string | null) => void;
  readonly onChange: () => void;
}

function JobLine({ job, onRefused, onChange }: LineProps) {
  const running = job.state === "RUNNING";
  return (
    <tr>
      <th scope="row" title={job.fileName}>
        {job.fileName}
      </th>
      {job.problem !== null && job.state === "FAILED" ? (
        <td colSpan={4} className={styles["problem"]}>
          {job.problem}
        </td>
      ) : (
        <>
          <td className={styles["step"]}>{running ? job.stage : STANDS[job.state]}</td>
          <td className={styles["progress"]}>{(running || job.progress > 0) && <Bars job={job} />}</td>
          <td>{running && job.speed !== null && job.speed > 0 ? inSpeed(job.speed) : ""}</td>
          <td className={styles["left"]}>{running && job.secondsLeft !== null ? spanInWords(job.secondsLeft) : ""}</td>
        </>
      )}
      <td className={styles["acts"]}>
        <Hand job={job} onRefused={onRefused} onChange={onChange} />
      </td>
    </tr>
  );
}

/** The whole job as one bar, its rungs as thin ones below. */
function Bars({ job }: { readonly job: Job }) {
  return (
    <>
      <span
        role="progressbar"
        aria-label={job.fileName}
        aria-valuenow={Math.round(job.progress * 100)}
        className={styles["whole"]}
      >
        <Progress share={job.progress} />
        <span className={styles["percent"]}>{Math.floor(job.progress * 100)} %</span>
      </span>
      {job.rungs.length > 0 && (
        <ul className={styles["rungs"]} role="list" aria-label="Rungs">
          {job.rungs.map((rung) => (
            <li key={rung.name} data-done={rung.progress >= 1 ? "" : undefined}>
              {rungInWords(rung.name)}
              <span className="unseen"> {Math.floor(rung.progress * 100)} %</span>
              <Progress share={rung.progress} />
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** Cancel what runs or waits, try again what did not end well. */
function Hand({ job, onRefused, onChange }: LineProps) {
  const [{ fetching: retrying }, retry] = useMutation(RetryJob);
  const [{ fetching: cancelling }, cancel] = useMutation(CancelJob);
  const live = job.state === "RUNNING" || job.state === "WAITING";
  if (job.state === "DONE") return null;
  const act = async () => {
    const { data } = await (live ? cancel : retry)({ id: job.id });
    const answer = data?.answer;
    if (answer === undefined) onRefused("The studio did not answer. Try again in a moment.");
    else onRefused(answer.__typename === "Refused" ? `${answer.headline} ${answer.reason}` : null);
    onChange();
  };
  return (
    <button type="button" className={styles["act"]} disabled={retrying || cancelling} onClick={() => void act()}>
      {live ? "Cancel" : "Retry"}
      <span className="unseen"> {job.fileName}</span>
    </button>
  );
}
