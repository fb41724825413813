import { graphql, type ResultOf } from "../../house/graphql";
import type { Point } from "./live";

/** Whether this is the operator's account: known even while the figures are away. */
export const GateQuery = graphql(`
  query FiguresGate {
    operator {
      __typename
    }
  }
`);

export const QualityQuery = graphql(`
  query Quality($from: Float!, $to: Float!) {
    operator {
      quality(fromMs: $from, toMs: $to) {
        hourly
        points {
          at
          views
          attempts
          starts
          exitsBeforeStart
          fatal
          failures
          rebuffering
          joinP50Ms
          joinP95Ms
          joinP99Ms
          rebufferingP95
        }
      }
    }
  }
`);

export const BreakdownQuery = graphql(`
  query Breakdown($from: Float!, $to: Float!, $dimension: String!) {
    operator {
      breakdown(fromMs: $from, toMs: $to, dimension: $dimension) {
        value
        name
        attempts
        starts
        exitsBeforeStart
        fatal
        playingSeconds
        rebuffering
        joinP50Ms
        joinP95Ms
        bits
      }
    }
  }
`);

export const SessionsQuery = graphql(`
  query Sessions($from: Float!, $to: Float!, $dimension: String!, $value: String!) {
    operator {
      sessions(fromMs: $from, toMs: $to, dimension: $dimension, value: $value) {
        of
        sessions {
          id
          title
          began
          joinMs
          playingSeconds
          stalledSeconds
          stalls
          failures
          fatal
          height
          box
          network
          browser
          exitedBeforeStart
        }
      }
    }
  }
`);

export const SessionQuery = graphql(`
  query Session($id: ID!) {
    operator {
      session(id: $id) {
        __typename
        ... on Refused {
          headline
          reason
        }
        ... on Session {
          id
          title
          began
          last
          joinMs
          playingSeconds
          stalledSeconds
          stalls
          switches
          fatal
          height
          box
          network
          browser
          system
          app
          country
          untold
          timeline {
            at
            what
            detail
          }
        }
      }
    }
  }
`);

type QualityFound = NonNullable<ResultOf<typeof QualityQuery>["operator"]>["quality"]["points"][number];
export type Session = NonNullable<ResultOf<typeof SessionsQuery>["operator"]>["sessions"]["sessions"][number];
export type Row = NonNullable<ResultOf<typeof BreakdownQuery>["operator"]>["breakdown"][number];

export const pointOf = (found: QualityFound): Point => ({
  ...found,
  at: Date.parse(found.at),
  exits: found.exitsBeforeStart,
  joinP50: found.joinP50Ms,
  joinP95: found.joinP95Ms,
  joinP99: found.joinP99Ms,
});
