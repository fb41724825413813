import type { Client } from "urql";
import { NOT_NOW, UNANSWERED, type Fault } from "./faults";
import { askToPlay, leave, type Granted } from "./play";

const LOOK_AGAIN_MS = 3_000;
/** A house that restarts answers again within seconds. */
const ASK_AGAIN_MS = 1_000;
const ASKED_AT_MOST = 8;
/** From then on there is a word to read: one that was lost with a process is not worth it. */
const TOLD_AFTER = 2;

interface Wanted {
  readonly client: Client;
  readonly title: string;
  readonly screen: string;
  readonly permit: string | null;
}

interface Asker {
  /** Left meanwhile: nobody wants the answer any more. */
  readonly isOver: () => boolean;
  /** A film that is on goes on, as long as its pieces come: that nobody answers is no news to it. */
  readonly isOn: () => boolean;
  /** It starts by itself; this is what to read until then. */
  readonly onWaiting: (why: Fault) => void;
  readonly onRefused: (fault: Fault) => void;
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Asks once, for a film that plays already: a better edition is a gift, and whatever stands in its way (a house that does not
 * answer, no free screen, a title that left), the film goes on as it is.
 */
export async function askForBetter({ client, title, screen, permit }: Wanted, isOver: () => boolean): Promise<Granted | null> {
  const outcome = await askToPlay(client, title, screen, permit);
  if (outcome.kind !== "granted") return null;
  if (!isOver()) return outcome.play;
  leave(client, outcome.play.id, outcome.play.positionMs);
  return null;
}

/** Asks until there is a play, through the studio's work and a house that restarts; null when there is none to be had. */
export async function askUntilPlayed({ client, title, screen, permit }: Wanted, asker: Asker): Promise<Granted | null> {
  for (let unheard = 0; !asker.isOver(); ) {
    const outcome = await askToPlay(client, title, screen, permit);
    if (asker.isOver()) {
      if (outcome.kind === "granted") leave(client, outcome.play.id, outcome.play.positionMs);
      return null;
    }
    if (outcome.kind === "granted") return outcome.play;
    if (outcome.kind === "not-yet") {
      asker.onWaiting(outcome.why);
      await pause(LOOK_AGAIN_MS);
    } else if (outcome.kind === "unheard" && (unheard += 1) < ASKED_AT_MOST) {
      if (unheard >= TOLD_AFTER && !asker.isOn()) asker.onWaiting(NOT_NOW);
      await pause(ASK_AGAIN_MS);
    } else {
      if (outcome.kind === "unheard" && !asker.isOn()) asker.onRefused(UNANSWERED);
      else if (outcome.kind === "refused") asker.onRefused(outcome.fault);
      return null;
    }
  }
  return null;
}
