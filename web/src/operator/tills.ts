import { graphql, type ResultOf } from "../house/graphql";
import { MembershipFields, RefusedFields } from "../money/operations";

const MemberFields = graphql(
  `
    fragment MemberFields on Member @_unmask {
      id
      email
      emailVerified
      operator
      profiles
      since
      membership {
        ...MembershipFields
      }
      invoices {
        number
        issuedAt
        what
        creditNote
        total {
          minor
          currency
        }
        refunded {
          minor
          currency
        }
        refundable {
          minor
          currency
        }
        html
      }
      acts {
        what
        by
        at
        note
      }
    }
  `,
  [MembershipFields],
);

export const MembersQuery = graphql(
  `
    query Members($search: String!, $before: ID) {
      tillRoom {
        members(search: $search, before: $before) {
          members {
            id
            email
            profiles
            since
            membership {
              ...MembershipFields
            }
          }
          more
        }
      }
    }
  `,
  [MembershipFields],
);

export const MemberQuery = graphql(
  `
    query Member($id: ID!) {
      tillRoom {
        member(id: $id) {
          ...MemberFields
        }
      }
    }
  `,
  [MemberFields],
);

export const RefundInvoice = graphql(
  `
    mutation RefundInvoice($member: ID!, $number: String!, $minor: Int!, $askId: String!, $note: String!) {
      answer: refundInvoice(member: $member, number: $number, minor: $minor, askId: $askId, note: $note) {
        __typename
        ...MemberFields
        ...RefusedFields
      }
    }
  `,
  [MemberFields, RefusedFields],
);

export const CompMember = graphql(
  `
    mutation CompMember($member: ID!, $months: Int!, $askId: String!, $note: String!) {
      answer: compMember(member: $member, months: $months, askId: $askId, note: $note) {
        __typename
        ...MemberFields
        ...RefusedFields
      }
    }
  `,
  [MemberFields, RefusedFields],
);

export const CloseMember = graphql(
  `
    mutation CloseMember($member: ID!, $closed: Boolean!, $note: String!) {
      answer: closeMember(member: $member, closed: $closed, note: $note) {
        __typename
        ...MemberFields
        ...RefusedFields
      }
    }
  `,
  [MemberFields, RefusedFields],
);

export type Member = NonNullable<ResultOf<typeof MemberQuery>["tillRoom"]>["member"];
export type FoundMember = NonNullable<ResultOf<typeof MembersQuery>["tillRoom"]>["members"]["members"][number];
export type MemberInvoice = Member["invoices"][number];
