/** A request that has neither ended nor failed by then is not coming back. */
const UNDER_WAY_FOR_MS = 20_000;

/** Tells how lately the player was busy fetching: a request under way counts as now. */
export function watchTraffic(now: () => number) {
  const underWay = new Map<object, number>();
  let lastSign = now();
  return {
    asked: (request: object) => {
      lastSign = now();
      underWay.set(request, lastSign);
    },
    ended: (request: object) => {
      lastSign = now();
      underWay.delete(request);
    },
    busyAt: () => {
      const at = now();
      for (const [request, since] of underWay) if (at - since > UNDER_WAY_FOR_MS) underWay.delete(request);
      return underWay.size > 0 ? at : lastSign;
    },
  };
}
