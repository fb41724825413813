import { Link } from "../house/link";
import { pathTo } from "../house/way";
import styles from "./genres.module.css";

/** The library's genres as a line of pills. */
export function Genres({ genres, at = null }: { readonly genres: readonly string[]; readonly at?: string | null }) {
  if (genres.length === 0) return null;
  return (
    <nav aria-label="Genres">
      <ul className={styles["genres"]} role="list">
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
