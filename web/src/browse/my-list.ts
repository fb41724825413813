import { useState } from "react";
import { useMutation } from "urql";
import { TITLES_CHANGED } from "../house/client";
import { graphql } from "../house/graphql";

const KeepTitle = graphql(`
  mutation KeepTitle($title: ID!) {
    keepTitle(title: $title) {
      id
      inMyList
    }
  }
`);

const DropTitle = graphql(`
  mutation DropTitle($title: ID!) {
    dropTitle(title: $title) {
      id
      inMyList
    }
  }
`);

const PutAway = graphql(`
  mutation PutAway($title: ID!) {
    putAway(title: $title) {
      id
    }
  }
`);

interface Keepable {
  readonly id: string;
  readonly inMyList: boolean;
  readonly series: { readonly id: string } | null;
}

/** Whether a title is on my list, at once as wished, and the way to change it. An episode stands for its series. */
export function useMyList(title: Keepable): { readonly kept: boolean; readonly toggle: () => void } {
  const [, keep] = useMutation(KeepTitle);
  const [, drop] = useMutation(DropTitle);
  const [wish, setWish] = useState<boolean | null>(null);
  const kept = wish ?? title.inMyList;
  const toggle = () => {
    setWish(!kept);
    const change = kept ? drop : keep;
    void change({ title: title.series?.id ?? title.id }, TITLES_CHANGED).then(() => setWish(null));
  };
  return { kept, toggle };
}

/** Out of Keep watching, until it is watched again. */
export function usePutAway(id: string): () => void {
  const [, putAway] = useMutation(PutAway);
  return () => void putAway({ title: id }, TITLES_CHANGED);
}
