import { graphql, type ResultOf } from "../house/graphql";

export const PlanFields = graphql(`
  fragment PlanFields on Plan @_unmask {
    id
    name
    height
    screens
    yearly
    trialDays
    price {
      minor
      currency
    }
  }
`);

export const MembershipFields = graphql(
  `
    fragment MembershipFields on Membership @_unmask {
      billing
      state
      plays
      note
      closed
      plan {
        ...PlanFields
      }
      nextPlan {
        ...PlanFields
      }
      price {
        minor
        currency
      }
      periodUntil
      nextCharge {
        minor
        currency
      }
      nextChargeAt
      trialUntil
      graceUntil
      retryAt
      pausedUntil
      problem
      confirmUrl
      card {
        brand
        last4
        month
        year
      }
      credit {
        minor
        currency
      }
      discount
      due {
        minor
        currency
      }
      may
    }
  `,
  [PlanFields],
);

const RefusedFields = graphql(`
  fragment RefusedFields on Refused @_unmask {
    headline
    reason
    field
  }
`);

const StepFields = graphql(
  `
    fragment StepFields on Step @_unmask {
      goTo
      membership {
        ...MembershipFields
      }
      gift {
        code
        amount {
          minor
          currency
        }
      }
    }
  `,
  [MembershipFields],
);

export const MembershipQuery = graphql(
  `
    query Membership {
      membership {
        ...MembershipFields
      }
    }
  `,
  [MembershipFields],
);

export const PlansQuery = graphql(
  `
    query Plans {
      plans {
        ...PlanFields
      }
      membership {
        ...MembershipFields
      }
    }
  `,
  [PlanFields, MembershipFields],
);

export const QuoteQuery = graphql(
  `
    query Quote($plan: ID!, $coupon: String!) {
      quote(plan: $plan, coupon: $coupon) {
        __typename
        ... on Quote {
          plan {
            ...PlanFields
          }
          now {
            minor
            currency
          }
          tax {
            minor
            currency
          }
          taxPercent
          credit {
            minor
            currency
          }
          then {
            minor
            currency
          }
          thenAt
          trialUntil
          atPeriodEnd
          discount
          lines {
            what
            amount {
              minor
              currency
            }
          }
          asOf
        }
        ...RefusedFields
      }
    }
  `,
  [PlanFields, RefusedFields],
);

export const InvoicesQuery = graphql(`
  query Invoices {
    invoices {
      number
      issuedAt
      what
      total {
        minor
        currency
      }
      refunded {
        minor
        currency
      }
      creditNote
      html
      pdf
    }
  }
`);

export { RefusedFields, StepFields };
export type Plan = ResultOf<typeof PlanFields>;
export type Membership = ResultOf<typeof MembershipFields>;
export type MoneyStep = ResultOf<typeof StepFields>;
export type Quote = Extract<ResultOf<typeof QuoteQuery>["quote"], { readonly __typename: "Quote" }>;
export type Invoice = ResultOf<typeof InvoicesQuery>["invoices"][number];
