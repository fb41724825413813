import { useEffect, useRef, type ReactNode } from "react";
import { useQuery } from "urql";
import { Link } from "../../house/link";
import { spanInWords, spanOfMs, titleInWords } from "../figures";
import { Lines, Panel, Quiet, State } from "../panel";
import styles from "./figures-page.module.css";
import { SessionQuery, SessionsQuery, type Session } from "./questions";
import { DIMENSIONS, momentInWords, secondInWords, wayTo, wayToSessions, type Behind, type Shown } from "./spans";

const AWAY = "The figures do not answer just now. Open this again in a moment.";
const BAD: ReadonlySet<string> = new Set(["failed", "stalled", "faltered"]);

/** Comes into sight, and under the keys, when it is opened. */
function Opened({ children, label }: { readonly children: ReactNode; readonly label: string }) {
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    place.current?.focus({ preventScroll: true });
    place.current?.scrollIntoView({ block: "start" });
  }, []);
  return (
    <div ref={place} className={styles["drill"]} role="group" aria-label={label} tabIndex={-1}>
      {children}
    </div>
  );
}

/** The sessions behind a figure, the worst first. */
export function Sessions({ behind, shown }: { readonly behind: Behind; readonly shown: Shown }) {
  const { dimension, value, fromMs, toMs } = behind;
  const variables = { from: fromMs, to: toMs, dimension, value };
  const [{ data, error }] = useQuery({ query: SessionsQuery, variables, requestPolicy: "network-only" });
  const found = data?.operator?.sessions;
  const longMs = toMs - fromMs;
  const what = dimension === "all" ? "All" : `${DIMENSIONS[dimension]}${dimension === "title" ? "" : ` ${value}`}`;
  const title = `Sessions: ${what}, ${momentInWords(fromMs, longMs)} to ${momentInWords(toMs, longMs)}`;
  return (
    <Opened label={title}>
      <Panel title={title} aside={<Link to={wayToSessions(shown, null)} className={styles["choice"]}>Close</Link>}>
        {error !== undefined && <Quiet>{AWAY}</Quiet>}
        {found?.sessions.length === 0 && <Quiet>No session of that time is known. Sessions are kept for eight days.</Quiet>}
        {found !== undefined && found.sessions.length > 0 && (
          <Lines label="Sessions" columns={["Title", "Began", "What was wrong", "Join", "Played", "Picture", "Box", "Network", "Browser"]}>
            {found.sessions.map((session) => (
              <SessionLine key={session.id} session={session} to={wayTo({ ...shown, view: session.id })} />
            ))}
          </Lines>
        )}
      </Panel>
    </Opened>
  );
}

function SessionLine({ session, to }: { readonly session: Session; readonly to: string }) {
  const wrong = wrongWith(session);
  return (
    <tr>
      <th scope="row">
        <Link to={to}>{titleInWords(session.title)}</Link>
      </th>
      <td>{secondInWords(Date.parse(session.began))}</td>
      <td>
        <State light={wrong === "" ? "good" : "bad"}>{wrong === "" ? "nothing" : wrong}</State>
      </td>
      <td>{session.joinMs === null ? "no picture" : spanOfMs(session.joinMs)}</td>
      <td>{spanInWords(session.playingSeconds)}</td>
      <td>{session.height > 0 ? `${session.height}p` : "–"}</td>
      <td>{session.box === "" ? "–" : session.box}</td>
      <td>{session.network === "" ? "–" : session.network}</td>
      <td>{session.browser}</td>
    </tr>
  );
}

function wrongWith(session: Session): string {
  if (session.fatal > 0) return "ended by a fault";
  if (session.exitedBeforeStart) return "left before the picture";
  if (session.stalls > 0) return `stood still ${session.stalls === 1 ? "once" : `${session.stalls} times`}, ${spanOfMs(session.stalledSeconds * 1000)}`;
  return session.failures > 0 ? `${session.failures} mended faults` : "";
}

const TAKES_TIME: ReadonlySet<string> = new Set(["began", "stalled"]);

const detailInWords = (what: string, detail: string): string =>
  TAKES_TIME.has(what) && /^\d+$/.test(detail) ? `${what === "began" ? "after" : "for"} ${spanOfMs(Number(detail))}` : detail;

/** One session, moment by moment. */
export function Timeline({ id, shown }: { readonly id: string; readonly shown: Shown }) {
  const [{ data, error }] = useQuery({ query: SessionQuery, variables: { id }, requestPolicy: "network-only" });
  const found = data?.operator?.session;
  const back = (
    <Link to={wayToSessions(shown, shown.behind)} className={styles["choice"]}>
      {shown.behind === null ? "Close" : "Back to the sessions"}
    </Link>
  );
  const title = found?.__typename === "Session" && found.title !== "" ? `One session: ${found.title}` : "One session";
  return (
    <Opened label="One session">
      <Panel title={title} aside={back}>
        {error !== undefined && <Quiet>{AWAY}</Quiet>}
        {found?.__typename === "Refused" && (
          <Quiet>
            {found.headline} {found.reason}
          </Quiet>
        )}
        {found?.__typename === "Session" && (
          <>
            <p className={styles["about"]}>
              {[found.browser, found.system, found.app, found.network, found.country, found.box && `box ${found.box}`, found.height > 0 && `${found.height}p`]
                .filter(Boolean)
                .join(" · ")}
            </p>
            <ol className={styles["moments"]} aria-label="What happened">
              {found.timeline.map((moment, number) => (
                <li key={number} className={styles["moment"]} data-bad={BAD.has(moment.what)}>
                  <time dateTime={moment.at}>{secondInWords(Date.parse(moment.at))}</time>
                  <span>{moment.what}</span>
                  <span>{detailInWords(moment.what, moment.detail)}</span>
                </li>
              ))}
            </ol>
            {found.untold > 0 && <Quiet>And {found.untold} more moments that were not kept.</Quiet>}
          </>
        )}
      </Panel>
    </Opened>
  );
}
