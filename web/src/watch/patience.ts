/** How long a film that stands still for want of pieces is asked for again before we say so. */
const STARVES_FOR_MS = 20_000;
const HAVE_FUTURE_DATA = 3;

export interface Patience {
  /** Nothing came, four times over: whether to ask once more. */
  lasts(): boolean;
}

/**
 * While there is something buffered, boxes that do not answer are no news: they are asked again until the film has stood
 * still for a while.
 */
export function bePatient(video: Pick<HTMLVideoElement, "readyState">, now: () => number): Patience {
  let starvingSince: number | null = null;
  let lastAsked = Number.NEGATIVE_INFINITY;
  return {
    lasts: () => {
      const at = now();
      const fed = video.readyState >= HAVE_FUTURE_DATA;
      // Troubles far apart are different troubles.
      if (fed || at - lastAsked > STARVES_FOR_MS) starvingSince = null;
      if (!fed) starvingSince ??= at;
      lastAsked = at;
      return starvingSince === null || at - starvingSince < STARVES_FOR_MS;
    },
  };
}
