import type { CSSProperties, ReactNode } from "react";
import styles from "./hero.module.css";
import { factsOf } from "./words";
import type { TitleSummary } from "./titles";

interface HeroProps {
  readonly title: TitleSummary;
  /** One quiet line above the name. */
  readonly above?: string | null;
  readonly children: ReactNode;
  /** The page's own title page, whose picture stands a little lower. */
  readonly tall?: boolean;
}

/** The name, the loudest thing on the page, before its picture, whose colour glows into the house. */
export function Hero({ title, above = null, children, tall = false }: HeroProps) {
  const glow = { "--glow": title.art?.glow ?? "transparent" } as CSSProperties;
  const coming = title.art === null && title.state === "PREPARING";
  const shape = [styles["hero"], tall ? styles["tall"] : "", title.art === null && !coming ? styles["bare"] : ""];
  return (
    <section
      className={shape.join(" ")}
      style={glow}
      aria-labelledby="hero-name"
    >
      <div className={styles["glow"]} aria-hidden="true" />
      <div className={coming ? `${styles["picture"]} ${styles["coming"]}` : styles["picture"]}>
        {title.art !== null && <img src={title.art.backdrop} alt="" fetchPriority="high" />}
      </div>
      <div className={styles["copy"]}>
        {above !== null && <p className={styles["above"]}>{above}</p>}
        <h1 id="hero-name" className={styles["name"]}>
          {title.name}
        </h1>
        <Facts title={title} />
        {title.plot !== "" && <p className={styles["plot"]}>{title.plot}</p>}
        {children}
      </div>
    </section>
  );
}

function Facts({ title }: { readonly title: TitleSummary }) {
  const best = title.heightsPx[0];
  const facts = factsOf(title);
  if (facts.length === 0 && best === undefined) return null;
  return (
    <ul className={styles["facts"]} role="list" aria-label="At a glance">
      {facts.map((fact) => (
        <li key={fact}>{fact}</li>
      ))}
      {best !== undefined && <li className={styles["badge"]}>{best}p</li>}
    </ul>
  );
}
