import type { Client } from "urql";
import { isSignedOut, kindOf, TITLES_CHANGED } from "../house/client";
import { graphql, readFragment, type FragmentOf, type ResultOf } from "../house/graphql";
import type { Fault } from "./faults";
import type { Pass } from "./pass";

const PlayingFields = graphql(`
  fragment PlayingFields on Title {
    id
    name
    seasonNumber
    episodeNumber
    series {
      id
      name
    }
    art {
      card
    }
  }
`);

const PlayMutation = graphql(
  `
    mutation Play($title: ID!, $screen: String!, $permit: String) {
      play(title: $title, screen: $screen, permit: $permit) {
        __typename
        ... on Play {
          id
          dash
          hls
          edition
          token
          until
          positionMs
          heartbeatSeconds
          title {
            ...PlayingFields
          }
          next {
            ...PlayingFields
          }
          chapters {
            startMs
            name
          }
        }
        ... on Refused {
          headline
          reason
          kind
          field
        }
      }
    }
  `,
  [PlayingFields],
);

const HeartbeatMutation = graphql(`
  mutation Heartbeat($play: ID!, $positionMs: Int!) {
    heartbeat(play: $play, positionMs: $positionMs) {
      __typename
      ... on Heartbeat {
        token
        until
        betterEdition
      }
      ... on Refused {
        headline
        reason
        kind
      }
    }
  }
`);

const StopMutation = graphql(`
  mutation Stop($play: ID!, $positionMs: Int!) {
    stop(play: $play, positionMs: $positionMs)
  }
`);

type Answer = ResultOf<typeof PlayMutation>["play"];
export type Granted = Extract<Answer, { __typename: "Play" }>;
type Refused = Extract<Answer, { __typename: "Refused" }>;
export type Playing = FragmentOf<typeof PlayingFields>;

export const readPlaying = (title: Playing) => readFragment(PlayingFields, title);
export type PlayingTitle = ReturnType<typeof readPlaying>;

export type PlayOutcome =
  | { readonly kind: "granted"; readonly play: Granted }
  | { readonly kind: "refused"; readonly fault: Fault }
  /** It will start by itself once the studio is done. */
  | { readonly kind: "not-yet"; readonly why: Fault }
  | { readonly kind: "unheard" }
  /** The page is on its way to the door, or to who is watching. */
  | { readonly kind: "led-away" };

/** Answers that no second try changes. */
const FINAL = ["forbidden", "missing", "invalid", "lapsed"];

function faultOf({ headline, reason, kind }: Pick<Refused, "headline" | "reason" | "kind">): Fault {
  return { title: headline, reason, again: !FINAL.includes(kind), lapsed: kind === "lapsed" };
}

/** Asks to watch a title on this screen. */
export async function askToPlay(client: Client, title: string, screen: string, permit: string | null): Promise<PlayOutcome> {
  const { data, error } = await client.mutation(PlayMutation, { title, screen, permit }).toPromise();
  if (isSignedOut(error) || kindOf(error) === "no_profile") return { kind: "led-away" };
  const answer = data?.play;
  if (answer === undefined) return { kind: "unheard" };
  if (answer.__typename === "Play") return { kind: "granted", play: answer };
  return answer.kind === "not_yet"
    ? { kind: "not-yet", why: faultOf(answer) }
    : { kind: "refused", fault: { ...faultOf(answer), pin: answer.field === "pin" } };
}

export type BeatOutcome =
  | { readonly kind: "on"; readonly pass: Pass; readonly better: string | null }
  /** The screen's place is taken by others. */
  | { readonly kind: "gone"; readonly fault: Fault }
  /** This view is known no more; a new one may be had. */
  | { readonly kind: "lost" }
  | { readonly kind: "unheard" };

/** Says that the film is still watched, and where it stands. */
export async function beat(client: Client, play: string, positionMs: number): Promise<BeatOutcome> {
  const { data } = await client.mutation(HeartbeatMutation, { play, positionMs }).toPromise();
  const answer = data?.heartbeat;
  if (answer === undefined) return { kind: "unheard" };
  if (answer.__typename === "Heartbeat") return { kind: "on", pass: answer, better: answer.betterEdition };
  return answer.kind === "gone" ? { kind: "gone", fault: { ...faultOf(answer), again: true } } : { kind: "lost" };
}

/** Frees the screen, and lets pages look anew at where titles stand. */
export function leave(client: Client, play: string, positionMs: number): void {
  void client.mutation(StopMutation, { play, positionMs }, TITLES_CHANGED).toPromise();
}
