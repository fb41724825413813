import { initGraphQLTada } from "gql.tada";
import type { introspection } from "../generated/graphql-env";

export const graphql = initGraphQLTada<{
  introspection: introspection;
  scalars: { ID: string };
}>();

export type { FragmentOf, ResultOf } from "gql.tada";
export { readFragment } from "gql.tada";
