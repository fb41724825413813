import { useState } from "react";
import { Link } from "../house/link";
import { pathTo } from "../house/way";
import { countInWords, lengthInWords, numberOf } from "../browse/words";
import styles from "./library.module.css";
import { fitting, standingOf, type LibraryTitle, type Standing } from "./operations";
import { Lines, Panel, Quiet, State } from "./panel";

const AT_FIRST = 40;

const STANDINGS: Readonly<Record<Standing, { readonly name: string; readonly light: "good" | "busy" | "bad" }>> = {
  PLAYABLE: { name: "playable", light: "good" },
  GROWING: { name: "playable, growing", light: "busy" },
  PREPARING: { name: "being prepared", light: "busy" },
  FAILED: { name: "failed", light: "bad" },
};

/** Every title of the library with its state; where something is wrong, why and what to do. */
export function Library({ titles }: { readonly titles: readonly LibraryTitle[] }) {
  const [text, setText] = useState("");
  const [standing, setStanding] = useState<Standing | "ALL">("ALL");
  const [shown, setShown] = useState(AT_FIRST);
  const fit = fitting(titles, text, standing);
  return (
    <Panel
      title="Library"
      aside={
        <div className={styles["sieve"]}>
          <input
            type="search"
            className={styles["field"]}
            aria-label="Search the library"
            placeholder="Name"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <select
            className={styles["field"]}
            aria-label="State"
            value={standing}
            onChange={(event) => setStanding(event.target.value as Standing | "ALL")}
          >
            <option value="ALL">Every state</option>
            {Object.entries(STANDINGS).map(([key, { name }]) => (
              <option key={key} value={key}>
                {name}
              </option>
            ))}
          </select>
        </div>
      }
    >
      {fit.length === 0 ? (
        <Quiet>
          {titles.length === 0 ? "The library is empty: put a film into its folder, and it is found by itself." : "No title fits."}
        </Quiet>
      ) : (
        <Lines label="Titles" columns={["Title", "State", "Best", "Length"]}>
          {fit.slice(0, shown).map((title) => (
            <TitleLine key={title.id} title={title} />
          ))}
        </Lines>
      )}
      {fit.length > shown && (
        <button type="button" className={styles["more"]} onClick={() => setShown(shown + 200)}>
          Show more of {fit.length}
        </button>
      )}
    </Panel>
  );
}

function TitleLine({ title }: { readonly title: LibraryTitle }) {
  const { name, light } = STANDINGS[standingOf(title)];
  const series = title.kind === "SERIES";
  const best = title.heightsPx[0];
  const episodes = `${countInWords(title.seasonCount, "season")}, ${countInWords(title.episodeCount, "episode")}`;
  return (
    <tr>
      <th scope="row">
        <Link to={pathTo.title(title.id)} className={styles["title"]}>
          {title.series === null ? "" : `${title.series.name} ${numberOf(title)} · `}
          {title.name}
        </Link>
        {title.year !== null && <span className={styles["year"]}>{title.year}</span>}
      </th>
      <td className={styles["standing"]}>
        <State light={light}>{name}</State>
        {title.problem !== null && <small className={styles["why"]}>{title.problem}</small>}
      </td>
      <td>{best === undefined ? "" : `${best}p`}</td>
      <td>{series ? episodes : title.runtimeMs === null ? "" : lengthInWords(title.runtimeMs)}</td>
    </tr>
  );
}
