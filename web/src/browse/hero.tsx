import type { CSSProperties, ReactNode } from "react";
import styles from "./hero.module.css";
import type { TitleSummary } from "./titles";
import { countInWords, factsOf, qualityOf } from "./words";

interface HeroProps {
  readonly title: TitleSummary;
  /** One quiet line above the name; a series says what it is by itself. */
  readonly above?: ReactNode;
  readonly children: ReactNode;
  /** The page's own title page, whose picture stands a little lower. */
  readonly tall?: boolean;
}

/** The name, the loudest thing on the page, before its picture, whose colour glows into the house. */
export function Hero({ title, above = seriesLine(title), children, tall = false }: HeroProps) {
  const glow = { "--glow": title.art?.glow ?? "transparent" } as CSSProperties;
  const coming = title.art === null && title.state === "PREPARING";
  const shape = [styles["hero"], tall ? styles["tall"] : "", title.art === null && !coming ? styles["bare"] : ""];
  return (
    <section className={shape.join(" ")} style={glow} aria-labelledby="hero-name">
      <div className={styles["glow"]} aria-hidden="true" />
      <div className={coming ? `${styles["picture"]} ${styles["coming"]}` : styles["picture"]}>
        {title.art !== null && <img src={title.art.backdrop} alt="" fetchPriority="high" />}
      </div>
      <div className={styles["copy"]}>
        {above !== null && <p className={styles["above"]}>{above}</p>}
        <h1 id="hero-name" className={styles["name"]} data-long={title.name.length > 22 ? "" : undefined}>
          {title.name}
        </h1>
        <Facts title={title} />
        {title.tagline !== "" && <p className={styles["tagline"]}>{title.tagline}</p>}
        {title.plot !== "" && <p className={styles["plot"]}>{title.plot}</p>}
        {children}
      </div>
    </section>
  );
}

const seriesLine = ({ kind, seasonCount }: TitleSummary): string | null =>
  kind === "SERIES" ? `Series · ${countInWords(seasonCount, "season")}` : null;

function Facts({ title }: { readonly title: TitleSummary }) {
  const quality = qualityOf(title.heightsPx);
  const badges = [title.maturityLabel, quality ?? ""].filter((badge) => badge !== "");
  // How many seasons there are stands above the name already.
  const [first, ...others] = factsOf({ ...title, seasonCount: 0 });
  if (first === undefined && badges.length === 0) return null;
  return (
    <ul className={styles["facts"]} role="list" aria-label="At a glance">
      {first !== undefined && <li>{first}</li>}
      {badges.map((badge) => (
        <li key={badge} className={styles["badge"]}>
          {badge}
        </li>
      ))}
      {others.map((fact) => (
        <li key={fact}>{fact}</li>
      ))}
    </ul>
  );
}
