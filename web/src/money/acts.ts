import { graphql } from "../house/graphql";
import { MembershipFields, RefusedFields, StepFields } from "./operations";

/** Everything a member can do about their membership. Each answers with what it led to, or with a no in words. */
export const BeginMembership = graphql(
  `
    mutation BeginMembership($plan: ID!, $quotedMinor: Int!, $asOf: String!, $backTo: String!, $coupon: String!) {
      answer: beginMembership(plan: $plan, quotedMinor: $quotedMinor, asOf: $asOf, backTo: $backTo, coupon: $coupon) {
        __typename
        ...StepFields
        ...RefusedFields
      }
    }
  `,
  [StepFields, RefusedFields],
);

export const Settle = graphql(
  `
    mutation Settle {
      answer: settle {
        __typename
        ...StepFields
        ...RefusedFields
      }
    }
  `,
  [StepFields, RefusedFields],
);

export const ChangePlan = graphql(
  `
    mutation ChangePlan($plan: ID!, $quotedMinor: Int!, $asOf: String!) {
      answer: changePlan(plan: $plan, quotedMinor: $quotedMinor, asOf: $asOf) {
        __typename
        ...StepFields
        ...RefusedFields
      }
    }
  `,
  [StepFields, RefusedFields],
);

export const CancelMembership = graphql(
  `
    mutation CancelMembership {
      answer: cancelMembership {
        __typename
        ...MembershipFields
        ...RefusedFields
      }
    }
  `,
  [MembershipFields, RefusedFields],
);

export const PauseMembership = graphql(
  `
    mutation PauseMembership($months: Int!) {
      answer: pauseMembership(months: $months) {
        __typename
        ...MembershipFields
        ...RefusedFields
      }
    }
  `,
  [MembershipFields, RefusedFields],
);

export const ResumeMembership = graphql(
  `
    mutation ResumeMembership($backTo: String!) {
      answer: resumeMembership(backTo: $backTo) {
        __typename
        ...StepFields
        ...RefusedFields
      }
    }
  `,
  [StepFields, RefusedFields],
);

export const UnpauseMembership = graphql(
  `
    mutation UnpauseMembership {
      answer: unpauseMembership {
        __typename
        ...StepFields
        ...RefusedFields
      }
    }
  `,
  [StepFields, RefusedFields],
);

export const NewCard = graphql(
  `
    mutation NewCard($backTo: String!) {
      answer: newCard(backTo: $backTo) {
        __typename
        ...StepFields
        ...RefusedFields
      }
    }
  `,
  [StepFields, RefusedFields],
);

export const PayNow = graphql(
  `
    mutation PayNow {
      answer: payNow {
        __typename
        ...StepFields
        ...RefusedFields
      }
    }
  `,
  [StepFields, RefusedFields],
);

export const Redeem = graphql(
  `
    mutation Redeem($code: String!) {
      answer: redeem(code: $code) {
        __typename
        ... on Redeemed {
          what
          membership {
            ...MembershipFields
          }
        }
        ...RefusedFields
      }
    }
  `,
  [MembershipFields, RefusedFields],
);

export const BuyGift = graphql(
  `
    mutation BuyGift($minor: Int!, $askId: String!, $backTo: String!) {
      answer: buyGift(minor: $minor, askId: $askId, backTo: $backTo) {
        __typename
        ...StepFields
        ...RefusedFields
      }
    }
  `,
  [StepFields, RefusedFields],
);

export const GiftsQuery = graphql(`
  query Gifts {
    gifts {
      choices {
        minor
        currency
      }
      bought {
        code
        redeemed
        madeAt
        amount {
          minor
          currency
        }
      }
    }
  }
`);
