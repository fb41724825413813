import { useEffect, useState } from "react";

/** What happened in a minute or an hour; shares from 0 to 1, times in ms. */
export interface Point {
  readonly at: number;
  readonly views: number;
  readonly attempts: number;
  readonly starts: number;
  readonly exits: number;
  readonly fatal: number;
  readonly failures: number;
  readonly joinP50: number;
  readonly joinP95: number;
  readonly joinP99: number;
  readonly rebuffering: number;
  readonly rebufferingP95: number;
}

export interface Alarm {
  readonly name: string;
  readonly severity: "critical" | "warning";
  readonly summary: string;
  readonly nextStep: string;
  readonly since: number;
  readonly resolved: number;
  readonly dimension: string;
  readonly value: string;
  readonly told: number;
  readonly untold: string;
}

export interface LiveBox {
  readonly id: string;
  readonly serving: boolean;
  readonly problem: string;
  readonly heardAt: number;
  readonly bitsPerSecond: number;
  readonly requestsPerSecond: number;
  readonly hitRatio: number;
}

export interface LiveTitle extends Point {
  readonly id: string;
  readonly name: string;
  readonly playingMs: number;
}

/** A part of the house: what it said last and when; `away` says why it is silent, where it is. */
export interface Part<T> {
  readonly data: T | null;
  readonly asOf: number;
  readonly away: string;
}

export interface Live {
  readonly at: number;
  readonly parts: {
    readonly watching: Part<{ readonly screens: number; readonly titles: readonly { readonly id: string; readonly name: string; readonly screens: number }[] }>;
    readonly quality: Part<{ readonly startsPerSecond: number; readonly points: readonly Point[] }>;
    readonly rungs: Part<readonly { readonly rung: string; readonly bitsPerSecond: number }[]>;
    readonly titles: Part<readonly LiveTitle[]>;
    readonly boxes: Part<readonly LiveBox[]>;
    readonly alarms: Part<{ readonly alarms: readonly Alarm[]; readonly lookedAt: number; readonly listeners: number }>;
  };
}

const PLACE = "/operator/figures/live";
const AGAIN_MS = 2_000;
const SILENT_MS = 5_000;

/** The house as it is each second, and whether it fell silent; null until it was heard. */
export function useLive(on: boolean): { readonly live: Live | null; readonly silent: boolean } {
  const [live, setLive] = useState<Live | null>(null);
  const [silent, setSilent] = useState(false);
  useEffect(() => {
    if (!on) return;
    let source: EventSource | null = null;
    let again = 0;
    let quiet = 0;
    const listen = () => {
      source = new EventSource(PLACE);
      source.onmessage = (event: MessageEvent<string>) => {
        setLive(JSON.parse(event.data) as Live);
        setSilent(false);
        window.clearTimeout(quiet);
        quiet = window.setTimeout(() => setSilent(true), SILENT_MS);
      };
      // A browser comes again by itself after an end, and gives up after a no: the passport may be renewed by then.
      source.onerror = () => {
        if (source?.readyState === EventSource.CLOSED) again = window.setTimeout(listen, AGAIN_MS);
      };
    };
    quiet = window.setTimeout(() => setSilent(true), SILENT_MS);
    listen();
    return () => {
      source?.close();
      window.clearTimeout(again);
      window.clearTimeout(quiet);
    };
  }, [on]);
  return { live, silent };
}
