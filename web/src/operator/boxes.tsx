import { agoInWords, inBits, inPercent, ofCapacity } from "./figures";
import type { Box, Screen } from "./operations";
import { Lines, Panel, Quiet, State } from "./panel";
import styles from "./operator-page.module.css";
import { Link } from "../house/link";
import { pathTo } from "../house/way";

/** The edge: each box, whether it serves, what it gives, and how much it has near. */
export function Boxes({ boxes, nowMs }: { readonly boxes: readonly Box[]; readonly nowMs: number }) {
  return (
    <Panel title="Boxes">
      {boxes.length === 0 ? (
        <Quiet>No box has been heard of yet. They report within seconds of the house’s start.</Quiet>
      ) : (
        <Lines label="Boxes" columns={["Box", "Health", "Egress", "Requests", "Hit ratio", "Refused", "Cache", "Heard"]}>
          {boxes.map((box) => (
            <tr key={box.id}>
              <th scope="row" title={box.address}>
                {box.id}
              </th>
              <td className={styles["health"]}>
                <State light={box.serving ? "good" : "bad"}>{box.serving ? "serving" : "not serving"}</State>
                {box.problem !== null && <small className={styles["why"]}>{box.problem}</small>}
              </td>
              <td>{inBits(box.bitsPerSecond)}</td>
              <td>{box.requestsPerSecond.toFixed(1)} /s</td>
              <td>{inPercent(box.hitRatio)}</td>
              <td>{box.refusedPerSecond.toFixed(1)} /s</td>
              <td>
                {ofCapacity(box.cachedBytes, box.capacityBytes)}
                <small className={styles["why"]}>{box.files} files</small>
              </td>
              <td>{box.heardAt === null ? "never" : agoInWords(box.heardAt, nowMs)}</td>
            </tr>
          ))}
        </Lines>
      )}
    </Panel>
  );
}

/** Who watches what, where, and since when. */
export function Screens({ screens, nowMs }: { readonly screens: readonly Screen[]; readonly nowMs: number }) {
  return (
    <Panel title="Screens now">
      {screens.length === 0 ? (
        <Quiet>Nobody is watching at the moment.</Quiet>
      ) : (
        <Lines label="Screens" columns={["Title", "Profile", "Screen", "Since"]}>
          {screens.map((screen) => (
            <tr key={screen.id}>
              <th scope="row">
                <Link to={pathTo.title(screen.title.id)}>
                  {screen.title.series === null ? "" : `${screen.title.series.name}: `}
                  {screen.title.name}
                </Link>
              </th>
              <td>{screen.profile}</td>
              <td>{screen.device}</td>
              <td>{agoInWords(screen.since, nowMs)}</td>
            </tr>
          ))}
        </Lines>
      )}
    </Panel>
  );
}
