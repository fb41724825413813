const BRANDS: Readonly<Record<string, string>> = {
  amex: "American Express",
  diners: "Diners Club",
  discover: "Discover",
  jcb: "JCB",
  mastercard: "Mastercard",
  unionpay: "UnionPay",
  visa: "Visa",
};

/** "Visa ending in 4242": all that the house knows of a card. */
export const cardInWords = ({ brand, last4 }: { readonly brand: string; readonly last4: string }): string =>
  `${BRANDS[brand.toLowerCase()] ?? "A card"} ending in ${last4}`;

/** "good until 04/28". */
export const expiryInWords = ({ month, year }: { readonly month: number; readonly year: number }): string =>
  `good until ${String(month).padStart(2, "0")}/${String(year % 100).padStart(2, "0")}`;
