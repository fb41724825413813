import type { Fetch } from "../account/renewal";

const AT_MOST_MS = 2_000;

/**
 * What is asked after leaving a film waits until the leaving was heard, so that the next page knows where the film stands;
 * likewise after a title went onto a list. Both are told by `keepalive`; one without an answer holds nobody up for long.
 */
export function inOrder(fetch: Fetch): Fetch {
  let leaving: Promise<unknown> = Promise.resolve();
  return async (input, init) => {
    if (init?.keepalive === true) {
      const answer = fetch(input, init);
      const patience = new Promise((resolve) => setTimeout(resolve, AT_MOST_MS));
      leaving = Promise.race([Promise.all([leaving, answer.catch(() => undefined)]), patience]);
      return answer;
    }
    await leaving;
    return fetch(input, init);
  };
}
