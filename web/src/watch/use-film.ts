import { useCallback, useEffect, useRef, useState } from "react";
import { useClient } from "urql";
import { faultOf, GAVE_UP, isDecoding, KEEPS_ENDING, type Fault } from "./faults";
import { askToPlay, type Granted } from "./play";
import type { Projector, Rung } from "./projector";
import { watchOver } from "./revival";

const ENDS_TOO_OFTEN_MS = 10_000;

export interface Film {
  readonly name: string | null;
  readonly fault: Fault | null;
  /** The browser wants a tap before it plays with sound. */
  readonly blocked: boolean;
  readonly rungs: readonly Rung[];
  readonly shown: Rung | null;
  readonly chosen: number | null;
  readonly choose: (height: number | null) => void;
  readonly tryAgain: () => void;
}

interface Seen {
  readonly rungs: readonly Rung[];
  readonly shown: Rung | null;
}

/** Asks to watch a title and keeps its film on the screen, through addresses that run out. */
export function useFilm(id: string, hls: boolean, video: HTMLVideoElement | null): Film {
  const client = useClient();
  const [attempt, setAttempt] = useState(0);
  const [name, setName] = useState<string | null>(null);
  const [fault, setFault] = useState<Fault | null>(null);
  const [blocked, setBlocked] = useState(false);
  const [seen, setSeen] = useState<Seen>({ rungs: [], shown: null });
  const [chosen, setChosen] = useState<number | null>(null);
  const projector = useRef<Projector | null>(null);
  const place = useRef(0);

  useEffect(() => {
    if (video === null) return;
    let here = true;
    const stillHere = () => here;
    let renewing = false;
    let goneAgain = false;
    const endedAgain = () => goneAgain;
    let started = false;
    let renewedAt = Number.NEGATIVE_INFINITY;
    const addressOf = (play: Granted) => (hls ? play.hls : play.dash);
    let address: string | null = null;
    /** Before the film stands at its place, the video says 0. */
    const reached = (time: number) => (time > 0 ? time : place.current);
    const end = () => {
      here = false;
      revival.close();
      void projector.current?.close();
      projector.current = null;
    };
    const stop = (why: Fault, at = video.currentTime) => {
      if (!here) return;
      place.current = reached(at);
      // Nothing may go on behind the notice: no sound that had arrived already, no second fault.
      video.pause();
      end();
      setFault(why);
    };

    const start = async () => {
      started = true;
      await video.play().catch((thrown: unknown) => {
        if (here && thrown instanceof DOMException && thrown.name === "NotAllowedError") setBlocked(true);
      });
    };

    const revival = watchOver(
      video,
      {
        reload: async (from, playing) => {
          if (address === null || renewing || !here) return;
          await projector.current?.load(address, reached(from));
          if (stillHere() && playing) await start();
        },
        giveUp: (error, at) => stop(faultOf(error ?? GAVE_UP), at),
      },
      () => performance.now(),
    );

    /** One new play, one load, the same place: nobody should notice. */
    const renewAddress = async () => {
      goneAgain = true;
      if (renewing || !here) return;
      if (performance.now() - renewedAt < ENDS_TOO_OFTEN_MS) {
        stop(KEEPS_ENDING);
        return;
      }
      renewing = true;
      const playing = !started || !video.paused;
      const at = reached(video.currentTime);
      const outcome = await askToPlay(client, id);
      renewedAt = performance.now();
      // Sound and picture both met the old address's end; only the new one ending too is a fault.
      goneAgain = false;
      if (outcome.kind === "granted" && stillHere()) {
        address = addressOf(outcome.play);
        await projector.current?.load(address, at);
        if (endedAgain()) stop(KEEPS_ENDING);
        else if (stillHere() && playing) await start();
      } else if (outcome.kind === "refused") stop(outcome.fault);
      renewing = false;
    };

    const open = async () => {
      const arriving = import("./projector");
      const outcome = await askToPlay(client, id);
      if (!here || outcome.kind === "signed-out") return;
      if (outcome.kind === "refused") {
        stop(outcome.fault);
        return;
      }
      setName(outcome.play.title.name);
      const { openProjector } = await arriving;
      const opened = await openProjector(video, {
        onGone: () => void renewAddress(),
        onFault: (error) => {
          if (isDecoding(error)) revival.fell(error);
          else stop(faultOf(error));
        },
        onRungs: (rungs, shown) => {
          if (here) setSeen({ rungs, shown });
        },
      });
      // Left meanwhile: the clean-up ran before there was anything to close.
      if (!stillHere()) {
        await opened.close();
        return;
      }
      projector.current = opened;
      address = addressOf(outcome.play);
      await opened.load(address, place.current);
      if (stillHere()) await start();
    };
    open().catch(() => stop(faultOf(null)));
    return end;
  }, [client, id, hls, video, attempt]);

  useEffect(() => {
    if (video === null) return;
    const started = () => setBlocked(false);
    video.addEventListener("playing", started);
    return () => video.removeEventListener("playing", started);
  }, [video]);

  const choose = useCallback((height: number | null) => {
    setChosen(height);
    projector.current?.choose(height);
  }, []);
  const tryAgain = useCallback(() => {
    setFault(null);
    setChosen(null);
    setAttempt((count) => count + 1);
  }, []);

  return { name, fault, blocked, ...seen, chosen, choose, tryAgain };
}
