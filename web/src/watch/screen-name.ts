const KEPT_AS = "matinee.screen";

/** This tab's name among the account's screens. A reload keeps it, so that it frees its own place before it takes one. */
export function screenName(): string {
  const kept = sessionStorage.getItem(KEPT_AS);
  if (kept !== null) return kept;
  const bytes = crypto.getRandomValues(new Uint8Array(12));
  const name = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  sessionStorage.setItem(KEPT_AS, name);
  return name;
}
