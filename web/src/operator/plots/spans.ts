/** What the page is asked to show stands in its address, so that a finding can be sent to somebody else. */

const MINUTE_MS = 60_000;
export const HOUR_MS = 3_600_000;

export const SPANS = {
  hour: { name: "Hour", longMs: HOUR_MS, stepMs: MINUTE_MS },
  day: { name: "Day", longMs: 24 * HOUR_MS, stepMs: MINUTE_MS },
  week: { name: "Week", longMs: 7 * 24 * HOUR_MS, stepMs: HOUR_MS },
  month: { name: "Month", longMs: 30 * 24 * HOUR_MS, stepMs: HOUR_MS },
} as const;
export type Span = keyof typeof SPANS;

export const DIMENSIONS = {
  title: "Title",
  rung: "Rung",
  box: "Box",
  network: "Network",
  browser: "Browser",
  app: "App",
  country: "Country",
} as const;
export type Dimension = keyof typeof DIMENSIONS | "all";

export interface Behind {
  readonly dimension: Dimension;
  readonly value: string;
  readonly fromMs: number;
  readonly toMs: number;
}

export interface Shown {
  readonly span: Span;
  readonly by: keyof typeof DIMENSIONS;
  readonly behind: Behind | null;
  readonly view: string;
}

const isIn = <T extends object>(table: T, key: string): key is Extract<keyof T, string> => Object.hasOwn(table, key);

export const isDimension = (key: string): key is Dimension => key === "all" || isIn(DIMENSIONS, key);

export function shownBy(search: string): Shown {
  const asked = new URLSearchParams(search);
  const span = asked.get("span") ?? "";
  const by = asked.get("by") ?? "";
  const dimension = asked.get("of") ?? "";
  const [fromMs, toMs] = [Number(asked.get("from")), Number(asked.get("to"))];
  return {
    span: isIn(SPANS, span) ? span : "hour",
    by: isIn(DIMENSIONS, by) ? by : "title",
    behind: isDimension(dimension) && fromMs > 0 && toMs > fromMs ? { dimension, value: asked.get("value") ?? "", fromMs, toMs } : null,
    view: asked.get("view") ?? "",
  };
}

export function wayTo({ span, by, behind, view }: Shown): string {
  const asked = new URLSearchParams({ span, by });
  if (behind !== null) {
    const { dimension, value, fromMs, toMs } = behind;
    for (const [key, text] of Object.entries({ of: dimension, value, from: String(fromMs), to: String(toMs) })) asked.set(key, text);
  }
  if (view !== "") asked.set("view", view);
  return `/operator/figures?${asked.toString()}`;
}

/** To the sessions behind a figure; null: to the page without any. */
export const wayToSessions = (shown: Shown, behind: Behind | null): string => wayTo({ ...shown, behind, view: "" });

/** The time a span covers, to the end of the step that runs. */
export function timeOf(span: Span, nowMs: number): { readonly fromMs: number; readonly toMs: number; readonly stepMs: number } {
  const { longMs, stepMs } = SPANS[span];
  const toMs = Math.ceil(nowMs / stepMs) * stepMs;
  return { fromMs: toMs - longMs, toMs, stepMs };
}

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const day = new Intl.DateTimeFormat(undefined, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const second = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" });

export const momentInWords = (atMs: number, longMs: number): string => (longMs <= 24 * HOUR_MS ? clock : day).format(atMs);
export const secondInWords = (atMs: number): string => second.format(atMs);
