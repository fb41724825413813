export type Act =
  | { readonly kind: "toggle" | "mute" | "full-screen" | "small-window" | "back" }
  | { readonly kind: "subtitles" | "next" | "help" }
  | { readonly kind: "seek-by" | "volume-by"; readonly by: number }
  | { readonly kind: "seek-to"; readonly share: number }
  | { readonly kind: "speed-by"; readonly by: 1 | -1 };

interface Press {
  readonly key: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly altKey: boolean;
}

const ACTS: Readonly<Record<string, Act>> = {
  " ": { kind: "toggle" },
  k: { kind: "toggle" },
  j: { kind: "seek-by", by: -10 },
  l: { kind: "seek-by", by: 10 },
  ArrowLeft: { kind: "seek-by", by: -10 },
  ArrowRight: { kind: "seek-by", by: 10 },
  ArrowUp: { kind: "volume-by", by: 0.1 },
  ArrowDown: { kind: "volume-by", by: -0.1 },
  Home: { kind: "seek-to", share: 0 },
  End: { kind: "seek-to", share: 1 },
  m: { kind: "mute" },
  f: { kind: "full-screen" },
  i: { kind: "small-window" },
  c: { kind: "subtitles" },
  n: { kind: "next" },
  "<": { kind: "speed-by", by: -1 },
  ">": { kind: "speed-by", by: 1 },
  "?": { kind: "help" },
  Escape: { kind: "back" },
};

/** What a key asks of the player; null when it is not ours. */
export function actOf(press: Press): Act | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  if (/^\d$/.test(press.key)) return { kind: "seek-to", share: Number(press.key) / 10 };
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  return ACTS[key] ?? null;
}

/** The help card, told from the same keys. */
export const HELP: readonly (readonly [keys: readonly string[], does: string])[] = [
  [["Space", "K"], "Play or pause"],
  [["J", "←"], "Back 10 seconds"],
  [["L", "→"], "On 10 seconds"],
  [["0", "…", "9"], "To that tenth of the film"],
  [["↑", "↓"], "Louder, softer"],
  [["M"], "Sound off or on"],
  [["C"], "Subtitles off or on"],
  [["<", ">"], "Slower, faster"],
  [["N"], "Next episode"],
  [["I"], "Picture in picture"],
  [["F"], "Full screen"],
  [["?"], "This card"],
  [["Esc"], "Back"],
];
