import { Link } from "../house/link";
import { pathTo } from "../house/way";
import styles from "./genres.module.css";

interface GenresProps {
  readonly genres: readonly string[];
  readonly at?: string | null;
  /** With all films and all series first: in a hand, the header has no room for them. */
  readonly kinds?: boolean;
}

/** The library's genres as a line of pills. */
export function Genres({ genres, at = null, kinds = false }: GenresProps) {
  if (genres.length === 0) return null;
  return (
    <nav aria-label="Genres">
      <ul className={styles["genres"]} role="list">
        {kinds && (
          <>
            <li>
              <Link to="/films" className={styles["genre"]}>
                Films
              </Link>
            </li>
            <li>
              <Link to="/series" className={styles["genre"]}>
                Series
              </Link>
            </li>
          </>
        )}
        {genres.map((genre) => (
          <li key={genre}>
            <Link
              to={pathTo.genre(genre)}
              className={styles["genre"]}
              aria-current={genre.toLowerCase() === at?.toLowerCase() ? "page" : undefined}
            >
              {genre}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
