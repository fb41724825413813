/** What the house is told, as `contracts/matinee/contracts/events.proto` has it. Times are milliseconds, whole ones. */

export type Thumb = "NONE" | "DOWN" | "UP" | "LOVE";

/** Counted once each, and never lost. */
export type LedgerFact = Of &
  (
    | { readonly watched: Watched }
    /** The latest holds. */
    | { readonly thumbed: { readonly thumb: Thumb } }
  );

/** Of these the oldest may be lost. */
export type TelemetryFact = Of &
  (
    | { readonly playAsked: Partial<Place> }
    | { readonly playBegan: { readonly joinMs: number; readonly height: number; readonly bitrateBps: number; readonly boxId: string } }
    | { readonly paused: { readonly positionMs: number; readonly resumed: boolean } }
    | { readonly sought: { readonly fromMs: number; readonly toMs: number } }
    | { readonly rungChanged: { readonly fromHeight: number; readonly toHeight: number; readonly bitrateBps: number; readonly byHand: boolean } }
    | { readonly stalled: { readonly stalledMs: number; readonly positionMs: number; readonly boxId: string } }
    | { readonly failed: { readonly code: string; readonly fatal: boolean; readonly boxId: string } }
    | { readonly measured: Measured }
    | { readonly left: { readonly beforeStart: boolean; readonly waitedMs: number } }
    | { readonly rowSeen: RowSeen }
  );

interface Of {
  readonly view?: string;
  readonly title?: string;
}

export interface Watched {
  readonly positionMs: number;
  readonly runtimeMs: number;
  /** Played since what was told before; a minute at most. */
  readonly watchedMs: number;
  readonly finished: boolean;
  readonly over: boolean;
}

/** Where on a page a title was picked, and in which arm of which trial. */
export interface Place {
  readonly rowId: string;
  readonly row: number;
  readonly place: number;
  readonly trial?: string;
  readonly arm?: string;
}

/** Sums since the view began. */
export interface Measured {
  readonly playingMs: number;
  readonly stalledMs: number;
  readonly stalls: number;
  readonly switches: number;
  readonly failures: number;
  readonly joinMs: number;
  readonly bits: number;
  readonly droppedFrames: number;
  readonly rungs: readonly { readonly height: number; readonly playingMs: number }[];
  readonly boxId: string;
  readonly waitingMs: number;
}

export interface RowSeen {
  readonly pageId: string;
  readonly page: string;
  readonly rowId: string;
  readonly row: number;
  readonly titleIds: readonly string[];
  /** How it came to be ranked. */
  readonly model?: string;
  readonly trial?: string;
  readonly arm?: string;
  readonly propensity?: number;
  /** Of an interleaved row, the arm each of these titles came from. */
  readonly teams?: readonly string[];
}

export interface Facts {
  readonly ledger: LedgerFact;
  readonly telemetry: TelemetryFact;
}
export type Class = keyof Facts;
