export type Act =
  | { readonly kind: "toggle" | "mute" | "full-screen" | "back" }
  | { readonly kind: "seek-by" | "volume-by"; readonly by: number }
  | { readonly kind: "seek-to"; readonly share: number };

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
  m: { kind: "mute" },
  f: { kind: "full-screen" },
  Escape: { kind: "back" },
};

/** What a key asks of the player; null when it is not ours. */
export function actOf(press: Press): Act | null {
  if (press.ctrlKey || press.metaKey || press.altKey) return null;
  const key = press.key.length === 1 ? press.key.toLowerCase() : press.key;
  return ACTS[key] ?? null;
}
