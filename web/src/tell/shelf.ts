import { understood, type Kept } from "./kept";

/** Where facts are kept until they were taken: across reloads, and for other tabs to find when this one was closed. */
export interface Shelf {
  read(producer: string): Kept | null;
  write(producer: string, kept: Kept): void;
  drop(producer: string): void;
  producers(): string[];
}

const PREFIX = "matinee.tell.";

/** `localStorage`, for it is written before the next line runs, also while a page is being left. */
export function shelfIn(storage: Storage): Shelf {
  return {
    read: (producer) => understood(storage.getItem(PREFIX + producer)),
    write: (producer, kept) => {
      try {
        storage.setItem(PREFIX + producer, JSON.stringify(kept));
      } catch {
        // No room: telemetry goes first. A browser that has none for the ledger either keeps that in memory only.
        try {
          storage.setItem(PREFIX + producer, JSON.stringify({ ...kept, telemetry: [] }));
        } catch {
          return;
        }
      }
    },
    drop: (producer) => storage.removeItem(PREFIX + producer),
    producers: () =>
      Array.from({ length: storage.length }, (_, index) => storage.key(index) ?? "")
        .filter((key) => key.startsWith(PREFIX))
        .map((key) => key.slice(PREFIX.length)),
  };
}
