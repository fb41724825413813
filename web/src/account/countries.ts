import { graphql } from "../house/graphql";

export interface Country {
  readonly code: string;
  readonly changesAt: string | null;
}

export const SetCountry = graphql(`
  mutation SetCountry($code: String!) {
    answer: setCountry(code: $code) {
      __typename
      ... on Refused {
        headline
        reason
      }
    }
  }
`);

const NAMES = new Intl.DisplayNames(["en"], { type: "region", fallback: "code" });

export const nameOf = (code: string): string => NAMES.of(code) ?? code;

/** ISO 3166: every pair of letters that the browser knows a country by, and none that it knows only to be old or reserved. */
const NO_COUNTRY = new Set(["EU", "EZ", "UN", "QO", "XA", "XB", "ZZ", "AC", "CP", "CQ", "DG", "EA", "IC", "TA"]);
const LETTERS = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ");

function countries(): readonly string[] {
  const pairs = LETTERS.flatMap((first) => LETTERS.map((second) => first + second));
  const known = pairs.filter((code) => !NO_COUNTRY.has(code) && nameOf(code) !== code && Intl.getCanonicalLocales(`und-${code}`)[0] === `und-${code}`);
  return known.sort((one, other) => nameOf(one).localeCompare(nameOf(other), "en"));
}

export const COUNTRIES = countries();

/** The time zones of a country, where the browser knows them. */
type Zoned = Intl.Locale & { readonly timeZones?: readonly string[]; readonly getTimeZones?: () => readonly string[] };

/** Where somebody probably is, by their clock; "" where it does not tell. Their language says less: half the world reads en-US. */
export function likelyCountry(zone: string): string {
  const there = COUNTRIES.find((code) => {
    const country: Zoned = new Intl.Locale("und", { region: code });
    return (country.getTimeZones?.() ?? country.timeZones ?? []).includes(zone);
  });
  return there ?? "";
}
