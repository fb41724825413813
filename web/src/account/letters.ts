import { graphql } from "../house/graphql";

export const LetterWishesQuery = graphql(`
  query LetterWishes {
    letterWishes {
      language
      membership
    }
  }
`);

export const SetLetterWishes = graphql(`
  mutation SetLetterWishes($language: String!, $membership: Boolean!) {
    answer: setLetterWishes(language: $language, membership: $membership) {
      __typename
      ... on LetterWishes {
        language
        membership
      }
      ... on Refused {
        headline
        reason
      }
    }
  }
`);

/** In which languages we write, each by its own name. */
export const LANGUAGES: readonly (readonly [string, string])[] = [
  ["en", "English"],
  ["de", "Deutsch"],
];

/** The signed word that a letter's link carries: behind the #, where no log sees it, or as mail programs were given it. */
export function wordIn({ hash, search }: { readonly hash: string; readonly search: string }): string {
  return hash.slice(1) || (new URLSearchParams(search).get("word") ?? "");
}

interface No {
  readonly title: string;
  readonly reason: string;
}

const UNANSWERED: No = {
  title: "Matinee did not answer",
  reason: "Nothing was changed. Check that you are connected, then try again.",
};

/** Ends letters about a membership; null when it is done. */
export async function refuseLetters(word: string): Promise<No | null> {
  try {
    const response = await window.fetch("/letters/unsubscribe", {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ word }),
    });
    if (response.ok) return null;
    const { title, reason } = (await response.json()) as Partial<No>;
    return title !== undefined && reason !== undefined ? { title, reason } : UNANSWERED;
  } catch {
    return UNANSWERED;
  }
}
