import type { Likes } from "../account/likes";
import { graphql } from "../house/graphql";
import { ProfileFields } from "../house/viewer";
import type { Remembered } from "./remembered";
import type { Wishes } from "./wishes";

export const LikesQuery = graphql(
  `
    query Likes {
      viewer {
        profile {
          ...ProfileFields
        }
      }
    }
  `,
  [ProfileFields],
);

const primary = (id: string) => id.split("/", 1)[0]?.split("-", 1)[0]?.toLowerCase() ?? "";

/** The very track that was chosen here last, if it is in the language that is meant; else whichever is in that language. */
function inLanguage(language: string, last: string | null): string | null {
  if (language === "") return last;
  return last !== null && primary(last) === primary(language) ? last : `${language}/`;
}

/** What the player is asked for at the start: the profile's word comes first, and this browser knows which track it was. */
export function firstWishes(likes: Likes | null, remembered: Remembered): Wishes {
  if (likes === null) return { height: null, voice: remembered.voice, subtitle: remembered.subtitles };
  return {
    height: null,
    voice: likes.language === "" ? null : inLanguage(likes.language, remembered.voice),
    subtitle: likes.subtitles ? inLanguage(likes.subtitleLanguage, remembered.lastSubtitles ?? `${navigator.language}/`) : null,
  };
}

/** Of a track's language what a profile can keep. */
export const tagOf = (language: string): string => (/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8}){0,3}$/.test(language) ? language : "");

