import { graphql } from "../house/graphql";
import { ProfileFields } from "../house/viewer";

export const ProfilesQuery = graphql(
  `
    query Profiles {
      viewer {
        profile {
          id
          kids
        }
      }
      profiles {
        ...ProfileFields
      }
      avatars
      country {
        code
        changesAt
        limits {
          years
          label
        }
      }
    }
  `,
  [ProfileFields],
);

export const CreateProfile = graphql(
  `
    mutation CreateProfile($name: String!, $avatar: String!, $kids: Boolean!, $maturityLimit: Int!) {
      answer: createProfile(name: $name, avatar: $avatar, kids: $kids, maturityLimit: $maturityLimit) {
        __typename
        ... on Profile {
          ...ProfileFields
        }
        ... on Refused {
          headline
          reason
          field
        }
      }
    }
  `,
  [ProfileFields],
);

export const ChangeProfile = graphql(
  `
    mutation ChangeProfile($id: ID!, $name: String!, $avatar: String!, $kids: Boolean!, $maturityLimit: Int!) {
      answer: changeProfile(id: $id, name: $name, avatar: $avatar, kids: $kids, maturityLimit: $maturityLimit) {
        __typename
        ... on Profile {
          ...ProfileFields
        }
        ... on Refused {
          headline
          reason
          field
        }
      }
    }
  `,
  [ProfileFields],
);

export const RemoveProfile = graphql(`
  mutation RemoveProfile($id: ID!) {
    answer: removeProfile(id: $id) {
      __typename
      headline
      reason
      field
    }
  }
`);

/** An age at which a profile's shelf may end, by the name that the country's board gives it; 18 sees everything. */
export interface Limit {
  readonly years: number;
  readonly label: string;
}

const KIDS_AT_MOST = 12;
const KIDS_AT_FIRST = 7;

export interface Draft {
  readonly name: string;
  readonly avatar: string;
  readonly kids: boolean;
  readonly maturityLimit: number;
}

/** Ticking "kids" lowers the limit to a child's; unticking it gives everything back. */
export function withKids(draft: Draft, kids: boolean): Draft {
  const limit = kids ? Math.min(draft.maturityLimit, KIDS_AT_MOST) : 18;
  return { ...draft, kids, maturityLimit: kids && draft.maturityLimit > KIDS_AT_MOST ? KIDS_AT_FIRST : limit };
}

const inWords = ({ years, label }: Limit) =>
  years >= 18 ? "Everything" : /\d|ages/.test(label) ? `Up to ${label}` : `Up to ${label} (${years})`;

/** The limits on offer; one that was set elsewhere stays on offer. */
export function limitsFor(
  { kids, maturityLimit }: Pick<Draft, "kids" | "maturityLimit">,
  limits: readonly Limit[],
): readonly { readonly years: number; readonly words: string }[] {
  const known = limits.some(({ years }) => years === maturityLimit);
  const offered = known ? limits : [...limits, { years: maturityLimit, label: String(maturityLimit) }];
  return offered
    .filter(({ years }) => !kids || years <= KIDS_AT_MOST)
    .map((limit) => ({ years: limit.years, words: inWords(limit) }))
    .sort((a, b) => a.years - b.years);
}

/** A drawn avatar that nobody here wears yet. */
export function freeAvatar(avatars: readonly string[], worn: readonly string[]): string {
  return avatars.find((avatar) => !worn.includes(avatar)) ?? avatars[0] ?? "sun";
}
