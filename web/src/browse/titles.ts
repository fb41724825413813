import { graphql, type ResultOf } from "../house/graphql";

/** What a card and a hero need to know of a title. */
export const TitleFields = graphql(`
  fragment TitleFields on Title @_unmask {
    id
    kind
    name
    year
    plot
    tagline
    genres
    maturityLabel
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
    series {
      id
      name
    }
    seasonNumber
    episodeNumber
    seasonCount
    episodeCount
    inMyList
    locked
    bookmark {
      positionMs
      runtimeMs
      finished
    }
    upNext {
      id
      locked
      seasonNumber
      episodeNumber
      bookmark {
        positionMs
        runtimeMs
        finished
      }
    }
  }
`);

export const HomeQuery = graphql(
  `
    query Home {
      viewer {
        operator
        profile {
          name
          maturityLimit
        }
      }
      home {
        hero {
          ...TitleFields
        }
        rows {
          id
          kind
          name
          titles {
            ...TitleFields
          }
          reasons
          places
          told {
            model
            trial
            arm
            propensity
            teams
          }
        }
        asksForPicks
        preparing {
          ...TitleFields
        }
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
        premiered
        credits {
          role
          names
        }
        licence {
          name
          url
        }
        audio {
          language
          name
        }
        subtitles {
          language
          name
          forced
          hearingImpaired
        }
        seasons {
          number
          name
          episodes {
            id
            name
            plot
            runtimeMs
            state
            problem
            episodeNumber
            art {
              card
            }
            bookmark {
              positionMs
              runtimeMs
              finished
            }
          }
        }
        similar {
          ...TitleFields
        }
      }
    }
  `,
  [TitleFields],
);

export const ShelfQuery = graphql(
  `
    query Shelf($kind: TitleKind, $genre: String, $limit: Int!) {
      titles(kind: $kind, genre: $genre, limit: $limit) {
        ...TitleFields
      }
      genres
    }
  `,
  [TitleFields],
);

export const ListQuery = graphql(
  `
    query MyList {
      myList {
        ...TitleFields
      }
    }
  `,
  [TitleFields],
);

export const SearchQuery = graphql(
  `
    query Search($text: String!) {
      search(text: $text) {
        ...TitleFields
      }
    }
  `,
  [TitleFields],
);

export const GenresQuery = graphql(`
  query Genres {
    genres
  }
`);

export type TitleSummary = ResultOf<typeof TitleFields>;
export type TitleDetails = NonNullable<ResultOf<typeof TitleQuery>["title"]>;
export type RowOfTitles = ResultOf<typeof HomeQuery>["home"]["rows"][number];
export type Season = TitleDetails["seasons"][number];
export type Episode = Season["episodes"][number];
