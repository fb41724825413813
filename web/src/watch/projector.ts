import shaka from "shaka-player";
import { boxesIn, fileOf, originOf, signed, watchBoxes } from "./boxes";
import { failedBox, isGone, playerErrorOf, type PlayerError } from "./faults";
import type { PassHolder } from "./pass";
import type { Tracks } from "./tracks";
import { watchTraffic } from "./traffic";
import { expectLetters, fulfil, leaveNothingBehind, tracksOf, type Wishes } from "./wishes";

export interface ProjectorEvents {
  /** Null is a fault of the player's own. While `loading` nothing of the film is there yet. */
  readonly onFault: (error: PlayerError | null, loading: boolean) => void;
  /** What is on offer, or what is on, changed. */
  readonly onTracks: (tracks: Tracks) => void;
  /** Another box serves from now on. */
  readonly onBox: (box: string) => void;
}

/** A small picture of a moment: a part of a sheet of many. */
export interface Glimpse {
  /** Where the sheet may be had, best first. */
  readonly addresses: readonly string[];
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
  readonly sheetWidth: number;
  readonly sheetHeight: number;
}

export interface Projector {
  /** False when it was interrupted or failed; a failure was told by then. `view` is what boxes are told by (CMCD's `sid`). */
  load(address: string, from: number, view: string): Promise<boolean>;
  wish(change: Partial<Wishes>): void;
  glimpse(time: number): Promise<Glimpse | null>;
  /** After it gave up on a piece: asks for it again. */
  fetchAgain(): void;
  /** When it last asked for something or was given it; now, while a request is under way. */
  busyAt(): number;
  close(): Promise<void>;
}

// Measured: a stopped server is left after 3 s, a slow link (600 ms, 700 kb/s) still starts.
const RETRY = {
  maxAttempts: 4,
  baseDelay: 200,
  backoffFactor: 1.5,
  fuzzFactor: 0.5,
  timeout: 20_000,
  connectionTimeout: 3_000,
  stallTimeout: 3_000,
};

/** What a box writes down beside each piece (CTA-5004), in the address: a header would cost a question before every request. */
const CMCD = {
  enabled: true,
  useHeaders: false,
  version: 1,
  includeKeys: ["br", "bl", "bs", "d", "dl", "mtp", "ot", "rtp", "sf", "sid", "st", "su", "tb", "v"],
};

const ROOM_IS_MADE_WITHIN_MS = 300;

const CRITICAL: number = shaka.util.Error.Severity.CRITICAL;
const LOAD_INTERRUPTED: number = shaka.util.Error.Code.LOAD_INTERRUPTED;
const { MANIFEST, SEGMENT } = shaka.net.NetworkingEngine.RequestType;
const CHANGES = ["adaptation", "variantchanged", "trackschanged", "textchanged", "audiotrackschanged"];

/** Sends every request to a box that serves, with the token that is good now. */
function guide(engine: shaka.net.NetworkingEngine, boxes: ReturnType<typeof watchBoxes>, pass: PassHolder): void {
  engine.registerRequestFilter(async (type, request) => {
    if (type !== MANIFEST && type !== SEGMENT) return;
    if (request.attempt === 0) request.uris = boxes.ranked(request.uris);
    const token = await pass.token();
    request.uris = request.uris.map((uri) => signed(uri, token));
  });
  engine.addEventListener("retry", (event) => {
    const error = playerErrorOf((event as Event & { error?: unknown }).error);
    const failed = failedBox(error);
    if (isGone(error)) pass.spent();
    else if (failed !== null) boxes.failed(failed);
  });
}

/** Hears which box gives the film: manifests say which boxes there are, and where. */
function listen(engine: shaka.net.NetworkingEngine, onBox: (box: string) => void): void {
  const names = new Map<string, string>();
  let last = "";
  engine.registerResponseFilter((type, { uri, data }) => {
    if (type === MANIFEST) for (const [origin, box] of boxesIn(shaka.util.StringUtils.fromUTF8(data))) names.set(origin, box);
    const box = type === SEGMENT ? names.get(originOf(uri)) : undefined;
    if (box === undefined || box === last) return;
    last = box;
    onBox(box);
  });
}

/** Shaka on our video: `letters` is where subtitles stand. */
export async function openProjector(
  video: HTMLVideoElement,
  letters: HTMLElement,
  pass: PassHolder,
  first: Wishes,
  events: ProjectorEvents,
): Promise<Projector> {
  shaka.polyfill.installAll();
  const player = new shaka.Player();
  window.matineePlayer = player;
  player.setVideoContainer(letters);
  await player.attach(video);
  player.configure({
    // No prefetch: what a seek aborts of it is kept for good, and nothing more is ever fetched (shaka-player#10569).
    streaming: { bufferingGoal: 30, bufferBehind: 30, segmentPrefetchLimit: 0, retryParameters: RETRY },
    manifest: { retryParameters: RETRY },
  });
  const boxes = watchBoxes(() => performance.now());
  const engine = player.getNetworkingEngine();
  if (engine !== null) guide(engine, boxes, pass);
  if (engine !== null) listen(engine, events.onBox);
  const traffic = watchTraffic(() => performance.now());
  engine?.registerRequestFilter((_, request) => traffic.asked(request));
  for (const end of ["downloadcompleted", "downloadfailed"]) {
    player.addEventListener(end, (event) => traffic.ended((event as Event & { request: object }).request));
  }

  let wishes = first;
  const meet = (error: PlayerError | null, loading: boolean) => {
    if (error === null || error.severity === CRITICAL) events.onFault(error, loading);
  };
  const tell = () => events.onTracks(tracksOf(player, wishes));
  player.addEventListener("error", (event) => meet(playerErrorOf((event as Event & { detail?: unknown }).detail), false));
  for (const change of CHANGES) player.addEventListener(change, tell);
  let arriving: ReturnType<typeof setTimeout> | undefined;
  const arriveSoon = () => {
    clearTimeout(arriving);
    arriving = setTimeout(() => leaveNothingBehind(player, video.currentTime), ROOM_IS_MADE_WITHIN_MS);
  };
  video.addEventListener("seeking", arriveSoon);

  /** A sheet keeps the address it was first had under, or every new token would fetch it again. */
  const hadUnder = new Map<string, readonly string[]>();
  const addressesOf = (uris: readonly string[]) => {
    const file = fileOf(uris[0] ?? "");
    const known = hadUnder.get(file) ?? boxes.ranked(uris).map((uri) => signed(uri, pass.atHand()));
    hadUnder.set(file, known);
    return known;
  };

  return {
    load: async (address, from, view) => {
      try {
        player.configure({ cmcd: { ...CMCD, sessionId: view } });
        const language = wishes.voice?.split("/", 1)[0];
        if (language !== undefined) player.configure({ preferredAudio: [{ language }] });
        hadUnder.clear();
        await player.load(address, from);
        expectLetters(player);
        fulfil(player, wishes);
        tell();
        return true;
      } catch (thrown) {
        const error = playerErrorOf(thrown);
        // Another load, or leaving the page, interrupts this one: nothing is wrong then.
        if (error?.code !== LOAD_INTERRUPTED) meet(error, true);
        return false;
      }
    },
    wish: (change) => {
      wishes = { ...wishes, ...change };
      fulfil(player, wishes);
      tell();
    },
    glimpse: async (time) => {
      const [sheet] = player.getImageTracks();
      const found = sheet === undefined ? null : await player.getThumbnails(sheet.id, time);
      if (found === null) return null;
      const { positionX: left, positionY: top, width, height, imageWidth: sheetWidth, imageHeight: sheetHeight } = found;
      return { addresses: addressesOf(found.uris), left, top, width, height, sheetWidth, sheetHeight };
    },
    busyAt: traffic.busyAt,
    fetchAgain: () => void player.retryStreaming(),
    close: async () => {
      clearTimeout(arriving);
      video.removeEventListener("seeking", arriveSoon);
      if (window.matineePlayer === player) delete window.matineePlayer;
      await player.destroy();
    },
  };
}
