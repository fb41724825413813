import { useState } from "react";
import { useQuery } from "urql";
import { useLookAgain } from "../browse/look-again";
import { agoInWords } from "./figures";
import styles from "./library.module.css";
import { ActsQuery, type Act } from "./operations";
import { Lines, Panel, Quiet, State } from "./panel";
import why from "./operator-page.module.css";

const RESTS_EVERY_MS = 5_000;

/** The book: what operators did, to what, when and from where; a page of it at a time. */
export function Acts({ nowMs }: { readonly nowMs: number }) {
  const [text, setText] = useState("");
  const [days, setDays] = useState({ from: "", to: "" });
  const [pages, setPages] = useState<readonly string[]>([""]);
  const before = pages[pages.length - 1] ?? "";
  const variables = { text, before, since: startOf(days.from), until: startOf(days.to, 1) };
  const [answer, look] = useQuery({ query: ActsQuery, variables, requestPolicy: "cache-and-network" });
  useLookAgain(() => look({ requestPolicy: "network-only" }), RESTS_EVERY_MS);
  const book = answer.data?.operator?.acts;
  const last = book?.acts[book.acts.length - 1];
  return (
    <Panel
      title="What operators did"
      aside={
        <div className={styles["sieve"]}>
          <input
            type="search"
            className={`${styles["field"]} ${styles["text"]}`}
            aria-label="Search what operators did"
            placeholder="Whom or what"
            value={text}
            onChange={(event) => {
              setText(event.target.value);
              setPages([""]);
            }}
          />
          {(["from", "to"] as const).map((end) => (
            <input
              key={end}
              type="date"
              className={`${styles["field"]} ${styles["day"]}`}
              aria-label={end === "from" ? "From day" : "To day"}
              value={days[end]}
              onChange={(event) => {
                setDays({ ...days, [end]: event.target.value });
                setPages([""]);
              }}
            />
          ))}
        </div>
      }
    >
      {book === undefined ? (
        <Quiet>{answer.error === undefined ? "Turning the pages." : "The book cannot be opened just now. We keep asking."}</Quiet>
      ) : book.acts.length === 0 ? (
        <Quiet>{text === "" && days.from === "" && days.to === "" ? "Nothing was done yet. Every act of an operator is written here before it is done." : "Nothing fits."}</Quiet>
      ) : (
        <Lines label="Acts" columns={["Act", "Outcome", "By", "From", "When"]}>
          {book.acts.map((act) => (
            <ActLine key={act.id} act={act} nowMs={nowMs} />
          ))}
        </Lines>
      )}
      {pages.length > 1 && (
        <button type="button" className={styles["more"]} onClick={() => setPages(pages.slice(0, -1))}>
          Newer
        </button>
      )}
      {book?.more === true && last !== undefined && (
        <button type="button" className={styles["more"]} onClick={() => setPages([...pages, last.id])}>
          Older
        </button>
      )}
    </Panel>
  );
}

function ActLine({ act, nowMs }: { readonly act: Act; readonly nowMs: number }) {
  const done = act.outcome === "done";
  return (
    <tr>
      <th scope="row" title={`Trace ${act.traceId}`}>
        {inWords(act.what)}
        <small className={why["why"]}>{act.about}</small>
      </th>
      <td className={why["health"]}>
        <State light={done ? "good" : act.outcome === null ? "off" : "bad"}>
          {done ? "done" : act.outcome === null ? "not known" : "refused"}
        </State>
        {!done && act.outcome !== null && <small className={why["why"]}>{act.outcome.replace("refused: ", "")}</small>}
      </td>
      <td>{act.by}</td>
      <td>{act.address === "" ? "this machine" : act.address}</td>
      <td title={new Date(act.at).toLocaleString()}>{agoInWords(act.at, nowMs)}</td>
    </tr>
  );
}

/** When a day begins where the operator is, or one so many days later; "" for none. */
function startOf(day: string, later = 0): string {
  if (day === "") return "";
  const start = new Date(`${day}T00:00`);
  start.setDate(start.getDate() + later);
  return start.toISOString();
}

/** "Studio.RetryJob" as people say it: "Retry job". */
const inWords = (method: string) => {
  const words = (method.split(".")[1] ?? method).replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
};
