import { Link } from "../../house/link";
import { spanInWords } from "../figures";
import { Panel, Quiet, State } from "../panel";
import styles from "./figures-page.module.css";
import type { Alarm, Live } from "./live";
import { AsOf } from "./live-panels";
import { HOUR_MS, isDimension, wayToSessions, type Shown } from "./spans";

/** What is wrong by the house's own rules, with its next step; then what was, in the last day. */
export function Alarms({ live, shown }: { readonly live: Live; readonly shown: Shown }) {
  const part = live.parts.alarms;
  const told = part.data;
  const firing = told?.alarms.filter((alarm) => alarm.resolved === 0) ?? [];
  const over = told?.alarms.filter((alarm) => alarm.resolved > 0) ?? [];
  return (
    <Panel title="Alarms" aside={told?.listeners === 0 ? <span className={styles["quiet"]}>shown here only</span> : null}>
      <AsOf part={part} />
      {told !== null && firing.length === 0 && (
        <Quiet>{told.lookedAt === 0 ? "Nothing was looked at yet; that happens every fifteen seconds." : "Nothing is wrong by the house’s rules."}</Quiet>
      )}
      <ul role="list" className={styles["alarms"]} aria-live="polite">
        {[...firing, ...over].map((alarm) => (
          <AlarmLine key={`${alarm.name} ${alarm.since}`} alarm={alarm} nowMs={live.at} shown={shown} />
        ))}
      </ul>
    </Panel>
  );
}

function AlarmLine({ alarm, nowMs, shown }: { readonly alarm: Alarm; readonly nowMs: number; readonly shown: Shown }) {
  const isOver = alarm.resolved > 0;
  const { dimension, value } = alarm;
  const time = { fromMs: alarm.since - HOUR_MS, toMs: isOver ? alarm.resolved : nowMs };
  return (
    <li className={styles["alarm"]}>
      <p className={styles["summary"]}>
        <State light={isOver ? "off" : alarm.severity === "critical" ? "bad" : "busy"}>
          {isOver ? "over" : alarm.severity === "critical" ? "now" : "look by day"}
        </State>
        <span>{alarm.summary}</span>
      </p>
      <p className={styles["next"]}>
        {isOver ? `It stood for ${spanInWords((alarm.resolved - alarm.since) / 1000)}.` : `For ${spanInWords((nowMs - alarm.since) / 1000)}. ${alarm.nextStep}`}{" "}
        {alarm.told > 0 && `${alarm.told} told. `}
        {alarm.untold !== "" && `Not told: ${alarm.untold}. `}
        {isDimension(dimension) && <Link to={wayToSessions(shown, { dimension, value, ...time })}>The sessions behind it</Link>}
      </p>
    </li>
  );
}
