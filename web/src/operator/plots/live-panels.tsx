import type { ReactNode } from "react";
import { Link } from "../../house/link";
import { pathTo } from "../../house/way";
import { inBits, inPercent, spanOfMs, titleInWords } from "../figures";
import { Lines, Panel, Quiet, State } from "../panel";
import operator from "../operator-page.module.css";
import { Tallies, Tally } from "../tally";
import styles from "./figures-page.module.css";
import type { Live, LiveBox, LiveTitle, Part } from "./live";
import { HOUR_MS, secondInWords, wayToSessions, type Dimension, type Shown } from "./spans";

/** What a part said last, and of when that is where it is silent. */
export function AsOf({ part }: { readonly part: Part<unknown> }) {
  if (part.away === "") return null;
  return (
    <p className={styles["asOf"]} role="status">
      {part.away} {part.asOf > 0 && `These are its words as of ${secondInWords(part.asOf)}.`}
    </p>
  );
}

interface HeardProps<T> {
  readonly title: string;
  readonly part: Part<readonly T[]>;
  readonly nothing: string;
  readonly columns: readonly string[];
  readonly children: (each: T) => ReactNode;
}

function Heard<T>({ title, part, nothing, columns, children }: HeardProps<T>) {
  return (
    <Panel title={title}>
      <AsOf part={part} />
      {part.data === null ? null : part.data.length === 0 ? (
        <Quiet>{nothing}</Quiet>
      ) : (
        <Lines label={title} columns={columns}>
          {part.data.map(children)}
        </Lines>
      )}
    </Panel>
  );
}

/** Where the sessions of the last hour behind a value are. */
function behindNow(shown: Shown, dimension: Dimension, value: string, nowMs: number): string {
  return wayToSessions(shown, { dimension, value, fromMs: nowMs - HOUR_MS, toMs: nowMs });
}

export function Now({ live, shown }: { readonly live: Live; readonly shown: Shown }) {
  const { watching, quality, boxes, titles, rungs } = live.parts;
  return (
    <>
      <AtAGlance live={live} />
      <AsOf part={quality} />
      <div className={styles["pair"]}>
        <Heard
          title="Watched right now"
          part={{ ...watching, data: watching.data?.titles ?? null }}
          nothing="Nobody watches right now. The first press of Play shows here within two seconds."
          columns={["Title", "Screens"]}
        >
          {(title) => (
            <tr key={title.id}>
              <th scope="row">
                <Link to={pathTo.title(title.id)}>{titleInWords(title.name)}</Link>
              </th>
              <td>{title.screens}</td>
            </tr>
          )}
        </Heard>
        <Heard title="Egress by rung" part={rungs} nothing="No picture was sent in the last five minutes." columns={["Rung", "Over five minutes"]}>
          {(rung) => (
            <tr key={rung.rung}>
              <th scope="row">
                <Link to={behindNow(shown, "rung", rung.rung, live.at)}>{rung.rung}p</Link>
              </th>
              <td>{inBits(rung.bitsPerSecond)}</td>
            </tr>
          )}
        </Heard>
      </div>
      <Heard title="Boxes" part={boxes} nothing="No box has been heard of yet." columns={["Box", "Health", "Hit ratio", "Egress", "Requests"]}>
        {(box) => <BoxLine key={box.id} box={box} to={behindNow(shown, "box", box.id, live.at)} />}
      </Heard>
      <Heard
        title="Top titles of the hour"
        part={titles}
        nothing="Nothing was played in the last hour."
        columns={["Title", "Starts", "Faults", "Join, middle", "Rebuffering"]}
      >
        {(title) => <TitleLine key={title.id} title={title} to={behindNow(shown, "title", title.id, live.at)} />}
      </Heard>
    </>
  );
}

function AtAGlance({ live }: { readonly live: Live }) {
  const { watching, quality, boxes } = live.parts;
  const last = quality.data?.points.at(-1);
  const faults = quality.data?.points.reduce((sum, point) => sum + point.fatal, 0) ?? 0;
  const egress = boxes.data?.reduce((sum, box) => sum + box.bitsPerSecond, 0) ?? 0;
  return (
    <Tallies>
      <Tally name="Watching now" figure={watching.data === null ? "–" : String(watching.data.screens)} aside={inBits(egress)} />
      <Tally
        name="Starts per second"
        figure={quality.data === null ? "–" : quality.data.startsPerSecond.toFixed(2)}
        aside="this minute and the last"
      />
      <Tally
        name="Join time, the latest"
        figure={last === undefined ? "–" : spanOfMs(last.joinP50)}
        aside={last === undefined ? "nobody started" : `95 % within ${spanOfMs(last.joinP95)}`}
      />
      <Tally
        name="Rebuffering"
        figure={last === undefined ? "–" : inPercent(last.rebuffering)}
        aside={`${faults} ${faults === 1 ? "fault" : "faults"} in the hour`}
        bad={faults > 0}
      />
    </Tallies>
  );
}

function BoxLine({ box, to }: { readonly box: LiveBox; readonly to: string }) {
  return (
    <tr>
      <th scope="row">
        <Link to={to}>{box.id}</Link>
      </th>
      <td>
        <State light={box.serving ? "good" : "bad"}>{box.serving ? "serving" : "not serving"}</State>
        {box.problem !== "" && <small className={operator["why"]}>{box.problem}</small>}
      </td>
      <td>{box.requestsPerSecond > 0 ? inPercent(box.hitRatio) : "at rest"}</td>
      <td>{inBits(box.bitsPerSecond)}</td>
      <td>{box.requestsPerSecond.toFixed(1)} /s</td>
    </tr>
  );
}

function TitleLine({ title, to }: { readonly title: LiveTitle; readonly to: string }) {
  return (
    <tr>
      <th scope="row">
        <Link to={to}>{titleInWords(title.name)}</Link>
      </th>
      <td>{title.starts}</td>
      <td>{title.fatal}</td>
      <td>{title.starts > 0 ? spanOfMs(title.joinP50) : "–"}</td>
      <td>{inPercent(title.rebuffering)}</td>
    </tr>
  );
}
