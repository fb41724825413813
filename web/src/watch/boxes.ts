/** How long a box that failed is asked last. */
const LAST_FOR_MS = 60_000;

const TOKEN = /^(https?:\/\/[^/]+\/)[^/]+(?=\/films\/)/;

/** A box's address with the token that is good now; the door's own addresses have none and stay as they are. */
export function signed(address: string, token: string): string {
  return address.replace(TOKEN, (_, box: string) => box + token);
}

/** What an address leads to, whichever box serves it and whatever the token. */
export function fileOf(address: string): string {
  return address.replace(TOKEN, "");
}

/** The names of the boxes in a manifest, by where they are: of DASH its base addresses, of HLS its pathways. */
export function boxesIn(manifest: string): Map<string, string> {
  const dash = manifest.matchAll(/serviceLocation="([^"]+)"[^>]*>\s*(https?:[^<]+)</g);
  const hls = manifest.matchAll(/#EXT-X-STREAM-INF:[^\n]*PATHWAY-ID="([^"]+)"[^\n]*\n(https?:[^\n]+)/g);
  return new Map([...dash, ...hls].map(([, box = "", address = ""]) => [originOf(address.trim()), box]));
}

export interface Boxes {
  failed(address: string): void;
  /** The same addresses, those of boxes that failed lately last. */
  ranked(addresses: readonly string[]): string[];
}

export function originOf(address: string): string {
  return URL.canParse(address) ? new URL(address).origin : address;
}

/**
 * Which boxes failed lately. The player's own ban goes by host name: where two boxes differ by their port only it bans
 * both, and every segment would try the dead one first. Here a box is its origin.
 */
export function watchBoxes(now: () => number): Boxes {
  const failedAt = new Map<string, number>();
  const isLast = (address: string) => now() - (failedAt.get(originOf(address)) ?? Number.NEGATIVE_INFINITY) < LAST_FOR_MS;
  return {
    failed: (address) => void failedAt.set(originOf(address), now()),
    ranked: (addresses) => [...addresses].sort((a, b) => Number(isLast(a)) - Number(isLast(b))),
  };
}
