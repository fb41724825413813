import type { Client } from "urql";
import type { Chapter } from "./chapters";
import type { Fault } from "./faults";
import type { PlayingTitle } from "./play";
import type { Tracks } from "./tracks";
import type { Wishes } from "./wishes";

/** What is to be shown, and to whom. */
export interface Order {
  readonly client: Client;
  readonly title: string;
  readonly screen: string;
  readonly hls: boolean;
  /** Where to begin, in seconds; null leaves it to the bookmark. */
  readonly from: number | null;
  readonly wishes: Wishes;
  /** What the PIN opened; a screen that plays it already needs none. */
  readonly permit: string | null;
}

/** What the page is told of it. */
export interface News {
  readonly title: PlayingTitle;
  readonly next: PlayingTitle | null;
  readonly chapters: readonly Chapter[];
  readonly tracks: Tracks;
  /** The studio is still at it; it starts by itself. */
  readonly waiting: Fault | null;
  readonly fault: Fault;
  /** The browser wants a tap before it plays with sound. */
  readonly blocked: boolean;
}

/** What nobody reads on the page; the house is told of it. */
export interface Signs {
  /** The view that is on from now on. */
  readonly view: string;
  readonly box: string;
  /** What went wrong, by its code: "shaka 3016". */
  readonly failure: string;
}
