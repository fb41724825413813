import { graphql, type ResultOf } from "./graphql";

export const ProfileFields = graphql(`
  fragment ProfileFields on Profile @_unmask {
    id
    name
    avatar
    kids
    maturityLimit
    hasPin
    asksAbove
    preferences {
      language
      autoplayNext
      subtitles
      subtitleLanguage
      subtitleSize
      subtitleStyle
    }
  }
`);

export const ViewerQuery = graphql(
  `
    query Viewer {
      viewer {
        email
        operator
        profile {
          ...ProfileFields
        }
      }
      profiles {
        ...ProfileFields
      }
    }
  `,
  [ProfileFields],
);

export type Profile = ResultOf<typeof ProfileFields>;
