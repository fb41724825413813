import { graphql, type ResultOf } from "../house/graphql";

export const TitleFields = graphql(`
  fragment TitleFields on Title @_unmask {
    id
    name
    year
    plot
    genres
    runtimeMs
    state
    problem
    complete
    heightsPx
    art {
      card
      backdrop
      poster
      glow
    }
  }
`);

export const TitlesQuery = graphql(
  `
    query Titles {
      titles {
        ...TitleFields
      }
    }
  `,
  [TitleFields],
);

export const TitleQuery = graphql(
  `
    query Title($id: ID!) {
      title(id: $id) {
        ...TitleFields
        credits {
          role
          names
        }
        licence {
          name
          url
        }
      }
    }
  `,
  [TitleFields],
);

export type TitleSummary = ResultOf<typeof TitleFields>;
export type TitleDetails = NonNullable<ResultOf<typeof TitleQuery>["title"]>;
