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

/** The ages at which a profile's shelf may end; 18 sees everything. */
export const LIMITS = [
  { years: 0, words: "All ages" },
  { years: 6, words: "Up to 6" },
  { years: 7, words: "Up to 7" },
  { years: 9, words: "Up to 9" },
  { years: 12, words: "Up to 12" },
  { years: 16, words: "Up to 16" },
  { years: 18, words: "Everything" },
] as const;

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

/** The limits on offer; one that was set elsewhere stays on offer. */
export function limitsFor({ kids, maturityLimit }: Draft): readonly { readonly years: number; readonly words: string }[] {
  const offered = LIMITS.filter(({ years }) => !kids || years <= KIDS_AT_MOST);
  if (offered.some(({ years }) => years === maturityLimit)) return offered;
  return [...offered, { years: maturityLimit, words: `Up to ${maturityLimit}` }].sort((a, b) => a.years - b.years);
}

/** A drawn avatar that nobody here wears yet. */
export function freeAvatar(avatars: readonly string[], worn: readonly string[]): string {
  return avatars.find((avatar) => !worn.includes(avatar)) ?? avatars[0] ?? "sun";
}
