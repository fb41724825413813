import type { ReactNode } from "react";
import styles from "./small-print.module.css";
import type { TitleDetails } from "./titles";

function Entry({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={styles["entry"]}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** Who made it, how it is on offer and under which licence. */
export function SmallPrint({ title }: { readonly title: TitleDetails }) {
  const growing = title.state === "PLAYABLE" && !title.complete;
  const nothing =
    title.credits.length === 0 && title.licence === null && title.heightsPx.length === 0 && title.genres.length === 0;
  if (nothing) return null;
  return (
    <section className={styles["print"]} aria-label="About this title">
      <dl className={styles["entries"]}>
        {title.heightsPx.length > 0 && (
          <Entry name="Quality">
            <ul className={styles["heights"]} role="list" aria-label="Heights on offer">
              {title.heightsPx.map((height) => (
                <li key={height}>{height}p</li>
              ))}
            </ul>
            {growing && (
              <p className={styles["growing"]} role="status">
                More qualities are being made; they join by themselves.
              </p>
            )}
          </Entry>
        )}
        {title.genres.length > 0 && <Entry name="Genres">{title.genres.join(", ")}</Entry>}
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
