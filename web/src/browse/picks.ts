import { graphql } from "../house/graphql";
import { TitleFields } from "./titles";

export const PicksQuery = graphql(
  `
    query Picks {
      picks {
        titles {
          ...TitleFields
        }
        picked
        enough
      }
    }
  `,
  [TitleFields],
);

export const KeepPicks = graphql(`
  mutation KeepPicks($titles: [ID!]!) {
    keepPicks(titles: $titles)
  }
`);
