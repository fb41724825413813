import { graphql } from "../house/graphql";
import { ProfileFields, type Profile } from "../house/viewer";

/** How a profile likes to watch. */
export type Likes = Profile["preferences"];

export const SetPreferences = graphql(
  `
    mutation SetPreferences($profile: ID, $wish: PreferencesInput!) {
      answer: setPreferences(profile: $profile, wish: $wish) {
        __typename
        ... on Profile {
          ...ProfileFields
        }
        ... on Refused {
          headline
        }
      }
    }
  `,
  [ProfileFields],
);

export const LANGUAGES = [
  { value: "", words: "As the film was made" },
  { value: "en", words: "English" },
  { value: "de", words: "Deutsch" },
  { value: "es", words: "Español" },
  { value: "fr", words: "Français" },
  { value: "hi", words: "हिन्दी" },
  { value: "it", words: "Italiano" },
  { value: "ja", words: "日本語" },
  { value: "nl", words: "Nederlands" },
  { value: "pt", words: "Português" },
  { value: "sv", words: "Svenska" },
] as const satisfies readonly { value: string; words: string }[] as readonly { readonly value: string; readonly words: string }[];

export const SIZES = [
  { value: "SMALL", words: "Small" },
  { value: "MEDIUM", words: "Medium" },
  { value: "LARGE", words: "Large" },
] as const;

export const STYLES = [
  { value: "SHADOW", words: "Shadow" },
  { value: "BOX", words: "On a dark box" },
  { value: "YELLOW", words: "Yellow" },
] as const;
