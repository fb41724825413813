import type { Fetch } from "../account/renewal";

const AT_MOST_MS = 2_000;

/**
 * What is asked after leaving a film waits until the leaving was heard, so that the next page knows where the film stands.
 * A leaving is told by `keepalive`; one that stays without an answer holds nobody up for long.
 */
export function inOrder(fetch: Fetch): Fetch {
  let leaving: Promise<unknown> = Promise.resolve();
  return async (input, init) => {
    if (init?.keepalive === true) {
      const answer = fetch(input, init);
      const patience = new Promise((resolve) => setTimeout(resolve, AT_MOST_MS));
      leaving = Promise.race([answer.catch(() => undefined), patience]);
      return answer;
    }
    await leaving;
    return fetch(input, init);
  };
}
