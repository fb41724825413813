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
    if (answer.status === 401) return { kind: "signed-out" };
    if (answer.status === 409) return { kind: "not-theirs" };
    // Only the house's own word makes a page give facts up: a proxy, or a hotel's network, answers as it likes.
    const { ledger, telemetry, title, reason } = (await answer.json()) as Readonly<Record<string, unknown>>;
    if (answer.ok && typeof ledger === "number" && typeof telemetry === "number") return { kind: "taken", taken: { ledger, telemetry } };
    const isRefused = (answer.status === 400 || answer.status === 413) && typeof title === "string" && typeof reason === "string";
    return isRefused ? { kind: "unreadable", last } : { kind: "unheard" };
  } catch {
    return { kind: "unheard" };
  }
}
