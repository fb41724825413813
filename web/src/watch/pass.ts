import { oneFlight } from "../account/renewal";

/** What lets this view read its film: a token and when it ends. */
export interface Pass {
  readonly token: string;
  readonly until: string;
}

/** Renewed so long before its end, and asked for so often at most: a wrong clock must not ask for every segment. */
const EARLY_MS = 60_000;
const AT_MOST_EVERY_MS = 5_000;

export interface PassHolder {
  take(pass: Pass): void;
  /** A box said that the token is over. */
  spent(): void;
  /** The token to use now; waits for a new one when this is over. */
  token(): Promise<string>;
  /** The token at hand, for what cannot wait. */
  atHand(): string;
}

/** Holds the newest pass. `renew` asks for another and hands it to `take`; who asks meanwhile waits for the same answer. */
export function holdPass(renew: () => Promise<void>, now: () => number): PassHolder {
  let pass: Pass = { token: "", until: "" };
  let isSpent = false;
  let askedAt = Number.NEGATIVE_INFINITY;
  const ask = oneFlight(async () => {
    askedAt = now();
    await renew();
  });
  const isDue = () => isSpent || (Date.parse(pass.until) - now() < EARLY_MS && now() - askedAt > AT_MOST_EVERY_MS);
  return {
    take: (fresh) => {
      pass = fresh;
      isSpent = false;
    },
    spent: () => {
      isSpent = true;
    },
    token: async () => {
      if (isDue()) await ask();
      return pass.token;
    },
    atHand: () => pass.token,
  };
}
