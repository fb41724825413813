import { graphql, type ResultOf } from "../house/graphql";
import { RefusedFields } from "../money/operations";

const PricedPlan = graphql(`
  fragment PricedPlan on Plan @_unmask {
    id
    name
    height
    screens
    yearly
    trialDays
    onSale
    prices {
      minor
      currency
    }
  }
`);

export const PriceListQuery = graphql(
  `
    query PriceList {
      tillRoom {
        plans {
          ...PricedPlan
        }
      }
    }
  `,
  [PricedPlan],
);

export const SavePlan = graphql(
  `
    mutation SavePlan($plan: PlanInput!) {
      answer: savePlan(plan: $plan) {
        __typename
        ...PricedPlan
        ...RefusedFields
      }
    }
  `,
  [PricedPlan, RefusedFields],
);

const CouponFields = graphql(`
  fragment CouponFields on Coupon @_unmask {
    code
    percent
    amount {
      minor
      currency
    }
    periods
    mostUses
    until
    uses
  }
`);

export const CouponsQuery = graphql(
  `
    query Coupons {
      tillRoom {
        coupons {
          ...CouponFields
        }
        plans {
          ...PricedPlan
        }
      }
    }
  `,
  [CouponFields, PricedPlan],
);

export const SaveCoupon = graphql(
  `
    mutation SaveCoupon($coupon: CouponInput!) {
      answer: saveCoupon(coupon: $coupon) {
        __typename
        ...CouponFields
        ...RefusedFields
      }
    }
  `,
  [CouponFields, RefusedFields],
);

const GiftFields = graphql(`
  fragment GiftFields on HouseGift @_unmask {
    code
    amount {
      minor
      currency
    }
    madeAt
    bought
    madeBy
    redeemedBy
  }
`);

export const HouseGiftsQuery = graphql(
  `
    query HouseGifts {
      tillRoom {
        gifts {
          ...GiftFields
        }
      }
    }
  `,
  [GiftFields],
);

export const MakeGifts = graphql(
  `
    mutation MakeGifts($count: Int!, $amount: MoneyInput!, $askId: String!) {
      answer: makeGifts(count: $count, amount: $amount, askId: $askId) {
        __typename
        ... on MadeGifts {
          gifts {
            code
            amount {
              minor
              currency
            }
          }
        }
        ...RefusedFields
      }
    }
  `,
  [RefusedFields],
);

export type PricedPlan = ResultOf<typeof PricedPlan>;
export type HouseGift = ResultOf<typeof GiftFields>;
export type Coupon = ResultOf<typeof CouponFields>;

/** The currencies the house's prices are in, each once. */
export function currenciesOf(plans: readonly Pick<PricedPlan, "prices">[]): string[] {
  return [...new Set(plans.flatMap(({ prices }) => prices.map(({ currency }) => currency)))];
}
