import { useState } from "react";
import { Refusal, type No } from "../house/refusal";
import { inMoney } from "./money";
import type { Quote } from "./operations";
import { quoteInWords, taxInWords } from "./quote-words";
import styles from "./quote-panel.module.css";

/** What it costs before it is chosen, line by line. */
export function QuotePanel({ quote }: { readonly quote: Quote }) {
  const [nowMs] = useState(() => Date.now());
  const tax = taxInWords(quote);
  return (
    <section className={styles["quote"]} aria-label="What it costs">
      {quote.lines.length > 0 && (
        <dl className={styles["lines"]}>
          {quote.lines.map(({ what, amount }, index) => (
            <div key={`${index} ${what}`}>
              <dt>{what}</dt>
              <dd>{inMoney(amount)}</dd>
            </div>
          ))}
          {quote.credit.minor > 0 && (
            <div>
              <dt>From your credit</dt>
              <dd>{inMoney({ ...quote.credit, minor: -quote.credit.minor })}</dd>
            </div>
          )}
          <div className={styles["total"]}>
            <dt>Today</dt>
            <dd>{inMoney(quote.now)}</dd>
          </div>
        </dl>
      )}
      <p className={styles["sentence"]} role="status">
        {quoteInWords(quote, nowMs)}
      </p>
      {(tax !== null || quote.discount !== null) && (
        <p className={styles["small"]}>{[quote.discount, tax].filter((each) => each !== null).join(" · ")}</p>
      )}
    </section>
  );
}

/** In the shape of what comes, or why nothing does. */
export function NoQuote({ no, fields }: { readonly no: No | null; readonly fields: readonly string[] }) {
  if (no !== null) return <Refusal no={no} fields={fields} />;
  return <div className={`${styles["quote"]} ${styles["shape"]}`} role="status" aria-label="Asking what it costs" />;
}
