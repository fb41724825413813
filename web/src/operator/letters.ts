import { graphql, type ResultOf } from "../house/graphql";

export const LettersQuery = graphql(`
  query Letters($state: LetterState) {
    operator {
      letters(state: $state) {
        leave
        counts {
          state
          letters
        }
        letters {
          id
          kind
          state
          recipient
          subject
          problem
          madeAt
          dueAt
        }
      }
    }
  }
`);

export const LetterQuery = graphql(`
  query Letter($id: ID!) {
    operator {
      letter(id: $id) {
        __typename
        ... on LetterCopy {
          page
          text
        }
        ... on Refused {
          headline
          reason
        }
      }
    }
  }
`);

export const SendLetterAgain = graphql(`
  mutation SendLetterAgain($id: ID!) {
    answer: sendLetterAgain(id: $id) {
      __typename
      ... on Refused {
        headline
        reason
      }
    }
  }
`);

export type LetterList = NonNullable<ResultOf<typeof LettersQuery>["operator"]>["letters"];
export type Letter = LetterList["letters"][number];
export type LetterState = Letter["state"];

export const STATES: Readonly<Record<LetterState, { readonly name: string; readonly light: "good" | "busy" | "bad" | "off" }>> = {
  WAITING: { name: "waiting", light: "busy" },
  HANDING_OVER: { name: "being handed over", light: "busy" },
  SENT: { name: "sent", light: "good" },
  KEPT: { name: "kept", light: "good" },
  REFUSED: { name: "refused", light: "bad" },
  IN_DOUBT: { name: "in doubt", light: "bad" },
  UNWANTED: { name: "not wanted", light: "off" },
  OVER: { name: "over", light: "off" },
  LATE: { name: "too late", light: "off" },
};

/** "payment_failed" as people say it: "Payment failed". */
export function kindInWords(kind: string): string {
  const words = kind.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** Only where somebody has to decide: it may have left, or it was refused for good. */
export const canGoAgain = (state: LetterState): boolean => state === "IN_DOUBT" || state === "REFUSED";
