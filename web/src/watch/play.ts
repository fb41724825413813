import type { Client } from "urql";
import { isSignedOut } from "../house/client";
import { graphql, type ResultOf } from "../house/graphql";
import { UNANSWERED, type Fault } from "./faults";

const PlayMutation = graphql(`
  mutation Play($title: ID!) {
    play(title: $title) {
      __typename
      ... on Play {
        id
        dash
        hls
        until
        title {
          id
          name
        }
      }
      ... on Refused {
        headline
        reason
      }
    }
  }
`);

type Answer = ResultOf<typeof PlayMutation>["play"];
export type Granted = Extract<Answer, { __typename: "Play" }>;

export type PlayOutcome =
  | { readonly kind: "granted"; readonly play: Granted }
  | { readonly kind: "refused"; readonly fault: Fault }
  | { readonly kind: "signed-out" };

/** Asks to watch a title. */
export async function askToPlay(client: Client, title: string): Promise<PlayOutcome> {
  const { data, error } = await client.mutation(PlayMutation, { title }).toPromise();
  if (isSignedOut(error)) return { kind: "signed-out" };
  const answer = data?.play;
  if (answer === undefined) return { kind: "refused", fault: UNANSWERED };
  return answer.__typename === "Play"
    ? { kind: "granted", play: answer }
    : { kind: "refused", fault: { title: answer.headline, reason: answer.reason } };
}
