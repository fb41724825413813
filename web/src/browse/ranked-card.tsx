import { Link } from "../house/link";
import { pathTo } from "../house/way";
import styles from "./ranked-card.module.css";
import type { TitleSummary } from "./titles";

interface RankedCardProps {
  readonly title: TitleSummary;
  readonly place: number;
  readonly stop: boolean;
  readonly onFocus: () => void;
}

/** A title of a chart: its number, outlined, and its poster. */
export function RankedCard({ title, place, stop, onFocus }: RankedCardProps) {
  const name = title.series?.name ?? title.name;
  return (
    <li className={styles["ranked"]} data-long={place > 9 ? "" : undefined} data-title={title.id}>
      <Link
        to={pathTo.title(title.series?.id ?? title.id)}
        className={styles["face"]}
        tabIndex={stop ? 0 : -1}
        onFocus={onFocus}
        data-card
      >
        <span className={styles["place"]} aria-hidden="true">
          {place}
        </span>
        <span className="unseen">{`Number ${place}: ${name}`}</span>
        <span className={styles["poster"]} aria-hidden="true">
          {title.art !== null && <img src={title.art.poster} alt="" loading="lazy" width={400} height={600} />}
          <span className={styles["name"]}>{name}</span>
        </span>
      </Link>
    </li>
  );
}
