import type { ReactNode } from "react";
import { Link } from "../house/link";
import { pathTo } from "../house/way";
import styles from "./small-print.module.css";
import type { TitleDetails } from "./titles";
import { tracksInWords } from "./words";

function Entry({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  if (children === "") return null;
  return (
    <div className={styles["entry"]}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** How it is on offer, who made it, and under which licence. */
export function SmallPrint({ title, wide }: { readonly title: TitleDetails; readonly wide: boolean }) {
  return (
    <section className={wide ? `${styles["print"]} ${styles["wide"]}` : styles["print"]} aria-label="About this title">
      <dl className={styles["entries"]}>
        <Entry name="Audio">{tracksInWords(title.audio)}</Entry>
        <Entry name="Subtitles">{tracksInWords(title.subtitles)}</Entry>
        {title.heightsPx.length > 0 && <Qualities title={title} />}
        {title.genres.length > 0 && (
          <Entry name="Genres">
            {title.genres.map((genre, index) => (
              <span key={genre}>
                {index > 0 && ", "}
                <Link to={pathTo.genre(genre)}>{genre}</Link>
              </span>
            ))}
          </Entry>
        )}
        {title.credits.map((credit) => (
          <Entry key={credit.role} name={credit.role}>
            {credit.names.join(", ")}
          </Entry>
        ))}
        {title.licence !== null && (
          <Entry name="Licence">
            {title.licence.url === null ? (
              title.licence.name
            ) : (
              <a href={title.licence.url} target="_blank" rel="noopener license">
                {title.licence.name}
              </a>
            )}
          </Entry>
        )}
      </dl>
    </section>
  );
}

function Qualities({ title }: { readonly title: TitleDetails }) {
  return (
    <Entry name="Quality">
      <ul className={styles["heights"]} role="list" aria-label="Heights on offer">
        {title.heightsPx.map((height) => (
          <li key={height}>{height}p</li>
        ))}
      </ul>
      {title.state === "PLAYABLE" && !title.complete && (
        <p className={styles["growing"]} role="status">
          More qualities are being made; they join by themselves.
        </p>
      )}
    </Entry>
  );
}
