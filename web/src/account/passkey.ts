import { asks, type Answer, type No } from "./keys";

/** Passkeys as browsers make and show them, and as they travel: bytes as base64url text. */

const NOT_DONE: No = {
  title: "No passkey was used",
  reason: "It was put off, or this device has none for this house.",
  field: null,
};

export function bytesOf(text: string): ArrayBuffer {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (letter) => letter.charCodeAt(0)).buffer;
}

export function textOf(bytes: ArrayBuffer): string {
  const plain = Array.from(new Uint8Array(bytes), (byte) => String.fromCharCode(byte)).join("");
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

export function answerJson(id: string, rawId: ArrayBuffer, parts: Readonly<Record<string, ArrayBuffer | null>>): object {
  const told = Object.entries(parts).map(([name, part]) => [name, part === null ? null : textOf(part)] as const);
  return { id, rawId: textOf(rawId), type: "public-key", response: Object.fromEntries(told) };
}

/** Whether this browser knows passkeys at the address by which we are here: none do at a bare address. */
export function canUsePasskeys(): boolean {
  return "PublicKeyCredential" in window && !/^[\d.]+$|^\[/.test(window.location.hostname);
}

interface Described {
  readonly id: string;
  readonly type: "public-key";
}

type Options<T> = Omit<T, "challenge" | "user" | "excludeCredentials" | "allowCredentials"> & {
  readonly challenge: string;
  readonly user?: { readonly id: string; readonly name: string; readonly displayName: string };
  readonly excludeCredentials?: readonly Described[];
};

const described = ({ id, type }: Described) => ({ id: bytesOf(id), type });

/** What the browser says about a new passkey, or why there is none. */
export async function makePasskey(): Promise<Answer<object>> {
  const { said: options, no } = await asks<Options<PublicKeyCredentialCreationOptions>>("/auth/passkey/ask", { use: "add" });
  if (no !== undefined) return { no };
  if (options.user === undefined) return { no: NOT_DONE };
  const publicKey: PublicKeyCredentialCreationOptions = {
    ...options,
    challenge: bytesOf(options.challenge),
    user: { ...options.user, id: bytesOf(options.user.id) },
    excludeCredentials: (options.excludeCredentials ?? []).map(described),
  };
  try {
    const made = await navigator.credentials.create({ publicKey });
    if (!(made instanceof PublicKeyCredential) || !(made.response instanceof AuthenticatorAttestationResponse))
      return { no: NOT_DONE };
    const { clientDataJSON, attestationObject } = made.response;
    return { said: answerJson(made.id, made.rawId, { clientDataJSON, attestationObject }) };
  } catch (error) {
    return { no: error instanceof DOMException && error.name === "InvalidStateError" ? HERE_ALREADY : NOT_DONE };
  }
}

const HERE_ALREADY: No = { title: "That passkey is here already", reason: "Use it to sign in.", field: null };

/** What the browser says when somebody shows a passkey, or why it says nothing. */
export async function showPasskey(use: "sign-in" | "confirm"): Promise<Answer<object>> {
  const { said: options, no } = await asks<Options<PublicKeyCredentialRequestOptions>>("/auth/passkey/ask", { use });
  if (no !== undefined) return { no };
  try {
    const shown = await navigator.credentials.get({ publicKey: { ...options, challenge: bytesOf(options.challenge) } });
    if (!(shown instanceof PublicKeyCredential) || !(shown.response instanceof AuthenticatorAssertionResponse))
      return { no: NOT_DONE };
    const { clientDataJSON, authenticatorData, signature, userHandle } = shown.response;
    return { said: answerJson(shown.id, shown.rawId, { clientDataJSON, authenticatorData, signature, userHandle }) };
  } catch {
    return { no: NOT_DONE };
  }
}
