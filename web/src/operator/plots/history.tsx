import { useState } from "react";
import { useQuery } from "urql";
import { useLookAgain } from "../../browse/look-again";
import { Link } from "../../house/link";
import { go } from "../../house/way";
import { inBits, inPercent, spanInWords, spanOfMs } from "../figures";
import { Lines, Panel, Quiet } from "../panel";
import styles from "./figures-page.module.css";
import type { Live, Point } from "./live";
import { Plot, type Series } from "./plot";
import { BreakdownQuery, pointOf, QualityQuery, type Row } from "./questions";
import { filled } from "./scale";
import { DIMENSIONS, SPANS, timeOf, wayTo, wayToSessions, type Shown, type Span } from "./spans";

const LOOKS_EVERY_MS = 30_000;
const AWAY = "The figures do not answer just now. We keep asking.";

interface HistoryProps {
  readonly shown: Shown;
  /** The last hour as it is told each second; null until it was. */
  readonly live: Live | null;
}

/** The same over an hour, a day, a week or a month; each point leads to the sessions behind it. */
export function History({ shown, live }: HistoryProps) {
  const [askedMs, setAskedMs] = useState(() => Date.now());
  const { fromMs, toMs } = timeOf(shown.span, askedMs);
  const variables = { from: fromMs, to: toMs };
  const isLive = shown.span === "hour";
  const [quality] = useQuery({ query: QualityQuery, variables, pause: isLive, requestPolicy: "cache-and-network" });
  const [rows] = useQuery({ query: BreakdownQuery, variables: { ...variables, dimension: shown.by }, requestPolicy: "cache-and-network" });
  useLookAgain(() => setAskedMs(Date.now()), LOOKS_EVERY_MS);
  const points = isLive ? live?.parts.quality.data?.points : quality.data?.operator?.quality.points.map(pointOf);
  const breakdown = rows.data?.operator?.breakdown;
  return (
    <>
      <Panel title="Over time" aside={<Choices label="Over" names={spanNames} now={shown.span} to={(span) => wayTo({ ...shown, span })} />}>
        {!isLive && quality.error !== undefined && <Quiet>{AWAY}</Quiet>}
        {points?.length === 0 && !quality.fetching && (
          <Quiet>Nobody watched in this time, so there is nothing to draw. Longer ago there may have been somebody.</Quiet>
        )}
        {points !== undefined && points.length > 0 && (
          <Plots points={points} shown={shown} time={timeOf(shown.span, isLive && live !== null ? live.at : askedMs)} />
        )}
      </Panel>
      <Panel title="Where" aside={<Choices label="By" names={DIMENSIONS} now={shown.by} to={(by) => wayTo({ ...shown, by })} />}>
        {rows.error !== undefined && breakdown === undefined && <Quiet>{AWAY}</Quiet>}
        {breakdown !== undefined && <Breakdown rows={breakdown} shown={shown} fromMs={fromMs} toMs={toMs} />}
      </Panel>
    </>
  );
}

const spanNames = Object.fromEntries(Object.entries(SPANS).map(([key, { name }]) => [key, name])) as Record<Span, string>;

interface ChoicesProps<T extends string> {
  readonly label: string;
  readonly names: Readonly<Record<T, string>>;
  readonly now: T;
  readonly to: (choice: T) => string;
}

function Choices<T extends string>({ label, names, now, to }: ChoicesProps<T>) {
  return (
    <nav className={styles["choices"]} aria-label={label}>
      {(Object.entries(names) as [T, string][]).map(([key, name]) => (
        <Link key={key} to={to(key)} className={styles["choice"]} aria-current={key === now ? "true" : undefined}>
          {name}
        </Link>
      ))}
    </nav>
  );
}

interface PlotsProps {
  readonly points: readonly Point[];
  readonly shown: Shown;
  readonly time: { readonly fromMs: number; readonly toMs: number; readonly stepMs: number };
}

function Plots({ points, shown, time }: PlotsProps) {
  const known = (name: string, of: (point: Point) => number, when: (point: Point) => boolean): Series => ({
    name,
    spots: points.filter((point) => when(point) && point.at >= time.fromMs).map((point) => ({ atMs: point.at, value: of(point) })),
  });
  const counted = (name: string, of: (point: Point) => number): Series => {
    const { spots } = known(name, of, () => true);
    return { name, spots: filled(spots, time.fromMs, time.toMs, time.stepMs) };
  };
  const began = (point: Point) => point.starts > 0;
  const played = (point: Point) => point.views > 0;
  const minutes = time.stepMs / 60_000;
  const onPick = (fromMs: number, toMs: number) => go(wayToSessions(shown, { dimension: "all", value: "", fromMs, toMs }));
  const shared = { ...time, onPick };
  return (
    <div className={styles["plots"]}>
      <Plot title="Views at once" series={[counted("Views", (point) => point.views / minutes)]} inWords={few} {...shared} />
      <Plot title="Starts per second" series={[counted("Starts", (point) => (point.starts * 1000) / time.stepMs)]} inWords={perSecond} {...shared} />
      <Plot
        title="Join time"
        series={[known("50 %", (p) => p.joinP50, began), known("95 %", (p) => p.joinP95, began), known("99 %", (p) => p.joinP99, began)]}
        inWords={spanOfMs}
        {...shared}
      />
      <Plot
        title="Rebuffering"
        series={[known("All", (p) => p.rebuffering, played), known("Worst 5 %", (p) => p.rebufferingP95, played)]}
        inWords={inPercent}
        least={0.01}
        {...shared}
      />
      <Plot title="Faults that ended a view" series={[counted("Faults", (point) => point.fatal)]} inWords={few} {...shared} />
      <Plot title="Left before the picture" series={[counted("Left", (point) => point.exits)]} inWords={few} {...shared} />
    </div>
  );
}

const few = (value: number): string => (Number.isInteger(value) ? String(value) : value.toFixed(1));
const perSecond = (value: number): string => `${value > 0 && value < 0.01 ? value.toPrecision(1) : value.toFixed(2)} /s`;

interface BreakdownProps {
  readonly rows: readonly Row[];
  readonly shown: Shown;
  readonly fromMs: number;
  readonly toMs: number;
}

function Breakdown({ rows, shown, fromMs, toMs }: BreakdownProps) {
  if (rows.length === 0) return <Quiet>Nothing was played in this time.</Quiet>;
  const behind = (value: string) => wayToSessions(shown, { dimension: shown.by, value, fromMs, toMs });
  return (
    <Lines label="Where" columns={[DIMENSIONS[shown.by], "Plays", "No picture", "Faults", "Played", "Join, middle", "Join, 95 %", "Rebuffering", "Sent"]}>
      {rows.map((row) => (
        <tr key={row.value}>
          <th scope="row">
            <Link to={behind(row.value)}>{shown.by === "rung" ? `${row.name}p` : row.name}</Link>
          </th>
          <td>{row.attempts}</td>
          <td>{Math.max(0, row.attempts - row.starts)}</td>
          <td>{row.fatal}</td>
          <td>{spanInWords(row.playingSeconds)}</td>
          <td>{row.starts > 0 ? spanOfMs(row.joinP50Ms) : "–"}</td>
          <td>{row.starts > 0 ? spanOfMs(row.joinP95Ms) : "–"}</td>
          <td>{inPercent(row.rebuffering)}</td>
          <td>{inBits((row.bits * 1000) / (toMs - fromMs))}</td>
        </tr>
      ))}
    </Lines>
  );
}
