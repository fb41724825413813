const NAME_BYTES = 18;

/** A name that nobody else has, of letters, digits, "-" and "_". Also where the page came without a certificate, as UUIDs do not. */
export function newName(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(NAME_BYTES));
  return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_");
}
