/** How long a film may stand with nothing to show, how long nothing may be asked for meanwhile, and how often we help. */
const STANDS_FOR_MS = 8_000;
const ASKS_NOTHING_FOR_MS = 5_000;
const ONCE_IN_MS = 60_000;
const LOOKS_EVERY_MS = 1_000;

/** One look at the screen. */
export interface Sight {
  readonly at: number;
  /** Nothing to show where the film stands. */
  readonly stands: boolean;
  /** When the player was last seen to ask for a piece, or to be given one. */
  readonly busyAt: number;
}

/** What is remembered from look to look. */
export interface Memory {
  readonly stoodSince: number | null;
  readonly helpedAt: number | null;
  /** Whether to help now. */
  readonly help: boolean;
}

export const NEVER_STOOD: Memory = { stoodSince: null, helpedAt: null, help: false };

/** A film that stands while nobody asks for its pieces will stand for ever. */
export function look({ stoodSince, helpedAt }: Memory, { at, stands, busyAt }: Sight): Memory {
  if (!stands) return { stoodSince: null, helpedAt, help: false };
  const since = stoodSince ?? at;
  const stuck = at - since >= STANDS_FOR_MS && at - busyAt >= ASKS_NOTHING_FOR_MS;
  if (!stuck || (helpedAt !== null && at - helpedAt < ONCE_IN_MS)) return { stoodSince: since, helpedAt, help: false };
  return { stoodSince: null, helpedAt: at, help: true };
}

/** No way there is known; a player that stops asking all the same has its film loaded afresh. */
export function watchForStuck(see: () => Sight, help: () => void): { stop(): void } {
  let memory = NEVER_STOOD;
  const timer = setInterval(() => {
    memory = look(memory, see());
    if (memory.help) help();
  }, LOOKS_EVERY_MS);
  return { stop: () => clearInterval(timer) };
}
