import { useState, type KeyboardEvent, type PointerEvent } from "react";
import { Lines } from "../panel";
import styles from "./plot.module.css";
import { dotsOf, pathOf, roundTop, stepAt, type Spot } from "./scale";
import { momentInWords } from "./spans";

export interface Series {
  readonly name: string;
  readonly spots: readonly Spot[];
}

interface PlotProps {
  readonly title: string;
  readonly series: readonly Series[];
  readonly fromMs: number;
  readonly toMs: number;
  readonly stepMs: number;
  readonly inWords: (value: number) => string;
  /** How far the plot goes up where there is nothing. */
  readonly least?: number;
  /** What a point leads to, when it is chosen. */
  readonly onPick: (fromMs: number, toMs: number) => void;
}

/** So many steps leave each a pixel or less: a pen for them is thinner. */
const DENSE = 200;

const MOVES: Readonly<Record<string, number>> = { ArrowLeft: -1, ArrowDown: -1, ArrowRight: 1, ArrowUp: 1, PageUp: 10, PageDown: -10 };

/** Lines over time. Arrow keys walk along them, Enter opens what lies behind a point; the same stands in a table below. */
export function Plot({ title, series, fromMs, toMs, stepMs, inWords, least = 1, onPick }: PlotProps) {
  const steps = Math.max(1, Math.round((toMs - fromMs) / stepMs));
  const [chosenMs, choose] = useState<number | null>(null);
  const top = roundTop(Math.max(0, ...series.flatMap(({ spots }) => spots.map((spot) => spot.value))), least);
  const step = chosenMs === null ? steps - 1 : stepAt((chosenMs - fromMs) / (toMs - fromMs), fromMs, toMs, stepMs);
  const atMs = fromMs + step * stepMs;
  const said = `${momentInWords(atMs, toMs - fromMs)}: ${saidOf(series, atMs, inWords)}`;
  const under = (event: PointerEvent<HTMLElement>) => {
    const { left, width } = event.currentTarget.getBoundingClientRect();
    return fromMs + stepAt((event.clientX - left) / width, fromMs, toMs, stepMs) * stepMs;
  };
  const walk = (event: KeyboardEvent) => {
    const to = event.key === "Home" ? 0 : event.key === "End" ? steps - 1 : step + (MOVES[event.key] ?? Number.NaN);
    if (event.key === "Enter" || event.key === " ") onPick(atMs, atMs + stepMs);
    else if (Number.isFinite(to)) choose(fromMs + Math.min(steps - 1, Math.max(0, to)) * stepMs);
    else return;
    event.preventDefault();
  };
  return (
    <figure className={styles["plot"]}>
      <figcaption className={styles["caption"]}>
        <span className={styles["title"]}>{title}</span>
        {series.length > 1 && (
          <span className={styles["keys"]}>
            {series.map(({ name }) => (
              <span key={name} className={styles["key"]}>
                {name}
              </span>
            ))}
          </span>
        )}
        <span className={styles["said"]}>{chosenMs === null ? `to ${inWords(top)}` : said}</span>
      </figcaption>
      <div
        className={styles["field"]}
        role="slider"
        tabIndex={0}
        aria-label={`${title}: choose a point, Enter opens the sessions behind it`}
        aria-valuemin={0}
        aria-valuemax={steps - 1}
        aria-valuenow={step}
        aria-valuetext={said}
        onKeyDown={walk}
        onPointerMove={(event) => choose(under(event))}
        onPointerLeave={() => choose(null)}
        onClick={() => onPick(atMs, atMs + stepMs)}
        onFocus={() => choose(atMs)}
        onBlur={() => choose(null)}
      >
        <svg className={styles["lines"]} data-dense={steps > DENSE} viewBox="0 0 1000 100" preserveAspectRatio="none" aria-hidden>
          {[0, 50, 100].map((y) => (
            <line key={y} className={styles["grid"]} x1="0" x2="1000" y1={y} y2={y} />
          ))}
          {series.map(({ name, spots }) => (
            <path key={name} className={styles["line"]} d={pathOf(spots, fromMs, toMs, stepMs, top)} />
          ))}
          {series.map(({ name, spots }) => (
            <path key={`${name} alone`} className={styles["dots"]} d={dotsOf(spots, fromMs, toMs, stepMs, top)} />
          ))}
          {chosenMs !== null && (
            <line className={styles["cursor"]} x1={((step + 0.5) / steps) * 1000} x2={((step + 0.5) / steps) * 1000} y1="0" y2="100" />
          )}
        </svg>
      </div>
      <div className={styles["ends"]} aria-hidden>
        <span>{momentInWords(fromMs, toMs - fromMs)}</span>
        <span>{momentInWords(toMs, toMs - fromMs)}</span>
      </div>
      <Behind {...{ title, series, stepMs, inWords, onPick }} longMs={toMs - fromMs} />
    </figure>
  );
}

const saidOf = (series: readonly Series[], atMs: number, inWords: (value: number) => string): string =>
  series
    .map(({ name, spots }) => {
      const value = spots.find((spot) => spot.atMs === atMs)?.value;
      return `${series.length > 1 ? `${name} ` : ""}${value === undefined ? "nothing" : inWords(value)}`;
    })
    .join(", ");

type TableProps = Pick<PlotProps, "title" | "series" | "stepMs" | "inWords" | "onPick"> & { readonly longMs: number };

/** The same figures as a table, made when it is opened; the newest first. */
function Behind({ title, series, stepMs, inWords, onPick, longMs }: TableProps) {
  const [open, setOpen] = useState(false);
  const moments = open ? [...new Set(series.flatMap(({ spots }) => spots.map((spot) => spot.atMs)))].sort((a, b) => b - a) : [];
  return (
    <details className={styles["behind"]} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>
        As a table<span className="unseen">: {title}</span>
      </summary>
      {open && (
        <div className={styles["table"]}>
          <Lines label={title} columns={["When", ...series.map(({ name }) => name), "(Acts)"]}>
            {moments.map((atMs) => (
              <tr key={atMs}>
                <th scope="row">{momentInWords(atMs, longMs)}</th>
                {series.map(({ name, spots }) => {
                  const value = spots.find((spot) => spot.atMs === atMs)?.value;
                  return <td key={name}>{value === undefined ? "–" : inWords(value)}</td>;
                })}
                <td>
                  <button type="button" className={styles["open"]} onClick={() => onPick(atMs, atMs + stepMs)}>
                    Sessions<span className="unseen"> at {momentInWords(atMs, longMs)}</span>
                  </button>
                </td>
              </tr>
            ))}
          </Lines>
        </div>
      )}
    </details>
  );
}
