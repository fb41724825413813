import { countInWords } from "../browse/words";
import { inMoney, type Money } from "./money";

const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);
const small = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

/** The tallest picture a plan gives, as people call it. */
export function pictureInWords(height: number): string {
  if (height === 0) return "The best picture there is";
  if (height >= 2160) return `Up to 4K (${height}p)`;
  if (height >= 1080) return `Up to full HD (${height}p)`;
  if (height >= 720) return `Up to HD (${height}p)`;
  return `Up to ${height}p`;
}

/** "Two screens at once". */
export const screensInWords = (screens: number): string => `${capital(countInWords(screens, "screen"))} at once`;

/** "a month", "a year". */
export const eachInWords = (yearly: boolean): string => (yearly ? "a year" : "a month");

export const trialInWords = (days: number): string | null =>
  days <= 0 ? null : `Try ${days === 1 ? "one day" : `${days} days`} free`;

interface Priced {
  readonly price: Money;
  readonly yearly: boolean;
}

/** "€9.99 a month". */
export const priceInWords = ({ price, yearly }: Priced, locale?: string): string =>
  `${inMoney(price, locale)} ${eachInWords(yearly)}`;

interface Offered extends Priced {
  readonly height: number;
  readonly screens: number;
}

/** A plan in one line: "€9.99 a month · up to full HD (1080p) · two screens at once". */
export const planInWords = (plan: Offered, locale?: string): string =>
  [priceInWords(plan, locale), small(pictureInWords(plan.height)), small(screensInWords(plan.screens))].join(" · ");
