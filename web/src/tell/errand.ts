import type { Class } from "./facts";
import { batchOf, type Kept } from "./kept";

/** What became of a batch. */
export type Outcome =
  | { readonly kind: "taken"; readonly taken: Readonly<Record<Class, number>> }
  /** Nothing of it can be taken, however often it is told. */
  | { readonly kind: "unreadable"; readonly last: Readonly<Record<Class, number>> }
  | { readonly kind: "signed-out" }
  /** Another profile watches by now. */
  | { readonly kind: "not-theirs" }
  | { readonly kind: "unheard" };

export type Post = (body: string) => Promise<Response>;

/** Says who tells; `now` is this browser's clock, which the house sets its own against. */
export const headOf = (producer: string, { profile }: Kept, about: object, now: number) => ({ producer, profile, ...about, sentAt: now });

/** Tells one batch. */
export async function errand(kept: Kept, head: object, post: Post, most?: number): Promise<Outcome> {
  const { body, last } = batchOf(kept, head, most);
  try {
    const answer = await post(body);
    if (answer.ok) return { kind: "taken", taken: takenOf(await answer.json()) };
    if (answer.status === 401) return { kind: "signed-out" };
    if (answer.status === 409) return { kind: "not-theirs" };
    return answer.status === 400 || answer.status === 413 ? { kind: "unreadable", last } : { kind: "unheard" };
  } catch {
    return { kind: "unheard" };
  }
}

function takenOf(said: unknown): Record<Class, number> {
  const { ledger, telemetry } = (typeof said === "object" && said !== null ? said : {}) as Record<string, unknown>;
  return { ledger: Number(ledger ?? 0), telemetry: Number(telemetry ?? 0) };
}
