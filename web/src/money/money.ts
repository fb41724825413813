/** An amount as the house keeps it: whole numbers of the currency's smallest unit. */
export interface Money {
  readonly minor: number;
  readonly currency: string;
}

function formatOf(currency: string, locale: string | undefined) {
  const format = new Intl.NumberFormat(locale, { style: "currency", currency });
  return { format, digits: format.resolvedOptions().maximumFractionDigits ?? 2 };
}

/** "€17.99", "17,99 €", "¥1,800": as the reader's browser writes it. */
export function inMoney({ minor, currency }: Money, locale?: string): string {
  const { format, digits } = formatOf(currency, locale);
  return format.format(minor / 10 ** digits);
}

/** An amount as one types it into a field: "17.99". */
export function typedOf({ minor, currency }: Money): string {
  const { digits } = formatOf(currency, "en");
  return (minor / 10 ** digits).toFixed(digits);
}

/** What somebody typed, "17.99" or "17,99", in the smallest unit; null when it is no amount of that currency. */
export function minorOf(typed: string, currency: string): number | null {
  const parts = /^(\d{1,9})(?:[.,](\d+))?$/.exec(typed.trim());
  const { digits } = formatOf(currency, "en");
  const small = parts?.[2] ?? "";
  if (parts === null || small.length > digits) return null;
  return Number((parts[1] ?? "") + small.padEnd(digits, "0"));
}
