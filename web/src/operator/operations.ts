import { graphql, type ResultOf } from "../house/graphql";

const JobFields = graphql(`
  fragment JobFields on Job @_unmask {
    id
    titleId
    fileName
    state
    stage
    progress
    speed
    secondsLeft
    problem
    queuedAt
    endedAt
    rungs {
      name
      progress
    }
  }
`);

/** What moves: asked every second or two. */
export const FloorQuery = graphql(
  `
    query Floor($finished: Boolean!) {
      operator {
        jobs(finished: $finished) {
          ...JobFields
        }
        boxes {
          id
          serving
          problem
          heardAt
          address
          requestsPerSecond
          bitsPerSecond
          hitRatio
          refusedPerSecond
          cachedBytes
          capacityBytes
          files
        }
        screens {
          id
          title {
            id
            name
            series {
              name
            }
          }
          profile
          device
          since
        }
      }
    }
  `,
  [JobFields],
);

/** What rests: every title with its state. */
export const LibraryQuery = graphql(`
  query Library {
    operator {
      titles {
        id
        kind
        name
        year
        state
        problem
        complete
        heightsPx
        runtimeMs
        addedAt
        seasonCount
        episodeCount
        series {
          name
        }
        seasonNumber
        episodeNumber
      }
    }
  }
`);

/** What operators did; fifty at a time. */
export const ActsQuery = graphql(`
  query Acts($text: String!, $before: ID!, $since: String!, $until: String!) {
    operator {
      acts(text: $text, before: $before, since: $since, until: $until) {
        acts {
          id
          at
          by
          what
          about
          address
          traceId
          outcome
        }
        more
      }
    }
  }
`);

export const RetryJob = graphql(`
  mutation RetryJob($id: ID!) {
    answer: retryJob(id: $id) {
      __typename
      ... on Refused {
        headline
        reason
      }
    }
  }
`);

export const CancelJob = graphql(`
  mutation CancelJob($id: ID!) {
    answer: cancelJob(id: $id) {
      __typename
      ... on Refused {
        headline
        reason
      }
    }
  }
`);

type Floor = NonNullable<ResultOf<typeof FloorQuery>["operator"]>;
export type Job = Floor["jobs"][number];
export type Box = Floor["boxes"][number];
export type Screen = Floor["screens"][number];
export type Act = NonNullable<ResultOf<typeof ActsQuery>["operator"]>["acts"]["acts"][number];
export type LibraryTitle = NonNullable<ResultOf<typeof LibraryQuery>["operator"]>["titles"][number];

export type Standing = LibraryTitle["state"] | "GROWING";

/** A playable title that waits for more rungs stands apart from a finished one. */
export const standingOf = ({ state, complete }: LibraryTitle): Standing =>
  state === "PLAYABLE" && !complete ? "GROWING" : state;

/** Titles whose name or state fits what the operator typed or chose; in the order given. */
export function fitting(titles: readonly LibraryTitle[], text: string, standing: Standing | "ALL"): LibraryTitle[] {
  const sought = text.trim().toLowerCase();
  return titles.filter(
    (title) =>
      (standing === "ALL" || standingOf(title) === standing) &&
      (sought === "" || `${title.series?.name ?? ""} ${title.name}`.toLowerCase().includes(sought)),
  );
}
