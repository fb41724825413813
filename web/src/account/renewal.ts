/** Runs `work` at most once at a time; everyone who asks meanwhile shares the answer. */
export function oneFlight<T>(work: () => Promise<T>): () => Promise<T> {
  let flight: Promise<T> | null = null;
  return () => {
    flight ??= work().finally(() => {
      flight = null;
    });
    return flight;
  };
}

export type Fetch = (input: RequestInfo | URL, init?: RequestInit) => Promise<Response>;

export interface Standing {
  /** Whether this browser has been let in before, as far as we remember. */
  readonly known: () => boolean;
  readonly renew: () => Promise<boolean>;
  readonly onSignedOut: () => void;
}

/**
 * A fetch that meets 401 with one renewal and one more try; a second no means signed out. A stranger asks for the
 * renewal first: that is one no for the whole page instead of one for each question.
 */
export function renewing(fetch: Fetch, { known, renew, onSignedOut }: Standing): Fetch {
  return async (input, init) => {
    if (!known() && !(await renew())) {
      onSignedOut();
      return new Response(null, { status: 401, statusText: "Unauthorized" });
    }
    const first = await fetch(input, init);
    if (first.status !== 401) return first;
    if (!(await renew())) {
      onSignedOut();
      return first;
    }
    const second = await fetch(input, init);
    if (second.status === 401) onSignedOut();
    return second;
  };
}

/** What tabs of one browser share, so that two of them never renew with the same cookie. */
export interface Neighbours {
  inTurn<T>(work: () => Promise<T>): Promise<T>;
  lastRenewal(): number;
  noteRenewal(at: number): void;
}

/** Renews unless a neighbouring tab did so while we waited for our turn. */
export function renewInTurn(
  post: () => Promise<boolean>,
  neighbours: Neighbours,
  now: () => number,
): () => Promise<boolean> {
  return () => {
    const asked = now();
    return neighbours.inTurn(async () => {
      if (neighbours.lastRenewal() > asked) return true;
      const renewed = await post();
      if (renewed) neighbours.noteRenewal(now());
      return renewed;
    });
  };
}
