import { graphql, type ResultOf } from "../house/graphql";

export const ActivityQuery = graphql(`
  query Activity($limit: Int!, $offset: Int!) {
    viewer {
      profile {
        id
        name
        kids
      }
    }
    activity(limit: $limit, offset: $offset) {
      more
      watched {
        title {
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
        bookmark {
          at
          positionMs
          runtimeMs
          finished
        }
      }
    }
  }
`);

export const HideWatched = graphql(`
  mutation HideWatched($title: ID) {
    answer: hideWatched(title: $title) {
      headline
      reason
    }
  }
`);

export type Watched = ResultOf<typeof ActivityQuery>["activity"]["watched"][number];

const DAY_MS = 24 * 3600 * 1000;

/** The day something was watched, as one says it: "Today", "Yesterday", "Friday, 3 April". */
export function dayOf(at: string, now: Date): string {
  const then = new Date(at);
  const midnight = new Date(now.getFullYear(), now.getMonth(), now.getDate()).getTime();
  if (then.getTime() >= midnight) return "Today";
  if (then.getTime() >= midnight - DAY_MS) return "Yesterday";
  const year = then.getFullYear() === now.getFullYear() ? {} : { year: "numeric" as const };
  return then.toLocaleDateString("en-GB", { weekday: "long", day: "numeric", month: "long", ...year });
}

/** Neighbours of the same day under one heading, in the order they came. */
export function byDay(watched: readonly Watched[], now: Date): readonly { readonly day: string; readonly watched: Watched[] }[] {
  const days: { day: string; watched: Watched[] }[] = [];
  for (const each of watched) {
    const day = dayOf(each.bookmark.at, now);
    const last = days.at(-1);
    if (last?.day === day) last.watched.push(each);
    else days.push({ day, watched: [each] });
  }
  return days;
}
