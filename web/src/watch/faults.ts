/** A fault of playback in words, with what we already tried. */
export interface Fault {
  readonly title: string;
  readonly reason: string;
  /** Whether another try may help; otherwise the way out is back. */
  readonly again: boolean;
  /** Whether the account's membership is what stands in the way: then the way out is there. */
  readonly lapsed?: boolean;
  /** The profile's PIN opens it. */
  readonly pin?: boolean;
}

/** What we read of a player error: its code and, for HTTP, the status. */
export interface PlayerError {
  readonly code: number;
  readonly severity: number;
  readonly category: number;
  readonly data: readonly unknown[];
}

const BAD_STATUS = 1001;
const HTTP_ERROR = 1002;
const TIMED_OUT = 1003;
const NETWORK = 1;
const MEDIA = 3;
const GONE = 410;
/** The browser's own decoder, or the buffer before it, refused what it was given. */
const DECODING = [3014, 3015, 3016, 3018];

export function playerErrorOf(thrown: unknown): PlayerError | null {
  if (typeof thrown !== "object" || thrown === null) return null;
  const { code, severity, category, data } = thrown as Record<string, unknown>;
  if (typeof code !== "number" || typeof severity !== "number" || typeof category !== "number") return null;
  return { code, severity, category, data: Array.isArray(data) ? (data as unknown[]) : [] };
}

/** For the house's figures; without a word of the player's own it is the page's fault. */
export const codeOf = (error: PlayerError | null) => (error === null ? "page" : `shaka ${error.code}`);

/** The address stopped working: a new play gives a new one. */
export function isGone(error: PlayerError | null): boolean {
  return error?.code === BAD_STATUS && error.data[1] === GONE;
}

/** The box behind an address did not serve: nothing came, or it was out of order itself. */
export function failedBox(error: PlayerError | null): string | null {
  if (error === null) return null;
  const [address, status] = error.data;
  const failed = error.code === HTTP_ERROR || error.code === TIMED_OUT || (error.code === BAD_STATUS && Number(status) >= 500);
  return failed && typeof address === "string" ? address : null;
}

/** No box served: asking again later may help. */
export function isOutage(error: PlayerError | null): boolean {
  return failedBox(error) !== null;
}

/** The decoder gave up in the middle of the film: loading it afresh may help. */
export function isDecoding(error: PlayerError | null): error is PlayerError {
  return error !== null && DECODING.includes(error.code);
}

/** What stands for a decoder that gave up without a word of the player. */
export const GAVE_UP: PlayerError = { code: 3016, severity: 2, category: MEDIA, data: [] };

/** It is asked for again all the while. */
export const NOT_NOW: Fault = {
  title: "Just a moment",
  reason: "This title cannot be started right now. It will begin by itself.",
  again: true,
};

export const UNANSWERED: Fault = {
  title: "Matinee did not answer",
  reason: "We asked to play this title and heard nothing back. Check your connection, then try again.",
  again: true,
};

export const KEEPS_ENDING: Fault = {
  title: "The film keeps slipping away",
  reason: "Its address ran out, we asked for a new one, and that ran out at once. The clock of the server may be wrong.",
  again: true,
};

export function faultOf(error: PlayerError | null): Fault {
  if (isGone(error)) return KEEPS_ENDING;
  if (error?.code === BAD_STATUS) {
    return {
      title: "A piece of the film is missing",
      reason: `The server that keeps it answered ${String(error.data[1])} each time we asked. It may still be arriving.`,
      again: true,
    };
  }
  if (error?.code === HTTP_ERROR || error?.code === TIMED_OUT || error?.category === NETWORK) {
    return {
      title: "The film stopped arriving",
      reason: "We asked for the next part four times and nothing came. Check your connection; your place is kept.",
      again: true,
    };
  }
  if (error?.category === MEDIA) {
    return {
      title: "This browser cannot show this film",
      reason:
        `Its decoder refused the picture or the sound (${error.code}), again after we loaded the film afresh. ` +
        "Another browser may be able to; your place is kept.",
      again: true,
    };
  }
  return {
    title: "The film could not be started",
    reason: `The player gave up${error === null ? "" : ` (${error.code})`}. Trying again usually helps.`,
    again: true,
  };
}
