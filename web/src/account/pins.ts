import { graphql } from "../house/graphql";
import { ProfileFields } from "../house/viewer";

export const LEAST_DIGITS = 4;
export const MOST_DIGITS = 6;

/** What of something typed or pasted can be a PIN: "24 68" and "2468" are the same. */
export function digitsOf(written: string): string {
  return written.replaceAll(/[^0-9]/g, "").slice(0, MOST_DIGITS);
}

/** When a wait is over, for people: "in a minute", "at 20:15". */
export function whenAgain(retryAt: string | null, nowMs: number): string {
  if (retryAt === null) return "";
  const at = new Date(retryAt);
  if (at.getTime() - nowMs <= 60_000) return " It can be tried again in a minute.";
  return ` It can be tried again at ${at.toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" })}.`;
}

export const SetPin = graphql(
  `
    mutation SetPin($profile: ID!, $pin: String!, $password: String!, $asksAbove: Boolean!) {
      answer: setPin(profile: $profile, pin: $pin, password: $password, asksAbove: $asksAbove) {
        __typename
        ... on Profile {
          ...ProfileFields
        }
        ... on Refused {
          headline
          reason
          field
          retryAt
        }
      }
    }
  `,
  [ProfileFields],
);

export const OpenTitle = graphql(`
  mutation OpenTitle($title: ID!, $pin: String!, $password: String!) {
    answer: openTitle(title: $title, pin: $pin, password: $password) {
      __typename
      ... on Permit {
        permit
      }
      ... on Refused {
        headline
        reason
        retryAt
      }
    }
  }
`);
