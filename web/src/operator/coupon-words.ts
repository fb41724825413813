import { countInWords } from "../browse/words";
import { inMoney, type Money } from "../money/money";

interface Off {
  readonly percent: number | null;
  readonly amount: Money | null;
  readonly periods: number;
}

/** "20 % off, for three periods". */
export function offInWords({ percent, amount, periods }: Off): string {
  const off = amount === null ? `${percent ?? 0} %` : inMoney(amount);
  if (periods === 0) return `${off} off, for good`;
  return periods === 1 ? `${off} off, once` : `${off} off, for ${countInWords(periods, "period")}`;
}

/** "12 of 100", or just "12" where nothing limits it. */
export const usesInWords = ({ uses, mostUses }: { readonly uses: number; readonly mostUses: number }): string =>
  mostUses === 0 ? String(uses) : `${uses} of ${mostUses}`;
