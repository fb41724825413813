import { expect, test, vi } from "vitest";
import { oneFlight, renewInTurn, renewing, type Neighbours } from "./renewal";

const answer = (status: number) => new Response(null, { status });
const known = (renew: () => Promise<boolean>, onSignedOut: () => void) => ({ known: () => true, renew, onSignedOut });

test("many who ask at once share one flight, the next one starts anew", async () => {
  let land: (value: number) => void = () => undefined;
  const work = vi.fn(() => new Promise<number>((resolve) => (land = resolve)));
  const fly = oneFlight(work);
  const all = Promise.all([fly(), fly(), fly()]);
  land(7);
  expect(await all).toEqual([7, 7, 7]);
  expect(work).toHaveBeenCalledTimes(1);
  const again = fly();
  land(8);
  expect(await again).toBe(8);
  expect(work).toHaveBeenCalledTimes(2);
});

test("a failed flight does not ground the next", async () => {
  const work = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new Error("down")).mockResolvedValueOnce("up");
  const fly = oneFlight(work);
  await expect(fly()).rejects.toThrow("down");
  expect(await fly()).toBe("up");
});

test("a 401 is renewed once and asked again", async () => {
  const fetch = vi.fn().mockResolvedValueOnce(answer(401)).mockResolvedValueOnce(answer(200));
  const out = vi.fn();
  const response = await renewing(fetch, known(() => Promise.resolve(true), out))("/graphql");
  expect(response.status).toBe(200);
  expect(fetch).toHaveBeenCalledTimes(2);
  expect(out).not.toHaveBeenCalled();
});

test("a refused renewal means signed out, without another try", async () => {
  const fetch = vi.fn().mockResolvedValue(answer(401));
  const out = vi.fn();
  const response = await renewing(fetch, known(() => Promise.resolve(false), out))("/graphql");
  expect(response.status).toBe(401);
  expect(fetch).toHaveBeenCalledTimes(1);
  expect(out).toHaveBeenCalledOnce();
});

test("a stranger's questions are not asked: one no to the renewal says it all", async () => {
  const fetch = vi.fn();
  const out = vi.fn();
  const stranger = { known: () => false, renew: () => Promise.resolve(false), onSignedOut: out };
  expect((await renewing(fetch, stranger)("/graphql")).status).toBe(401);
  expect(fetch).not.toHaveBeenCalled();
  expect(out).toHaveBeenCalledOnce();
});

test("a stranger whose cookies are good is asked nothing twice", async () => {
  const fetch = vi.fn().mockResolvedValue(answer(200));
  const stranger = { known: () => false, renew: () => Promise.resolve(true), onSignedOut: vi.fn() };
  expect((await renewing(fetch, stranger)("/graphql")).status).toBe(200);
  expect(fetch).toHaveBeenCalledTimes(1);
});

test("other answers pass untouched", async () => {
  const renew = vi.fn();
  const response = await renewing(() => Promise.resolve(answer(500)), known(renew, vi.fn()))("/graphql");
  expect(response.status).toBe(500);
  expect(renew).not.toHaveBeenCalled();
});

test("a tab that waited while another renewed does not renew again", async () => {
  let renewedAt = 0;
  let clock = 100;
  const neighbours: Neighbours = {
    inTurn: async (work) => {
      clock = 200;
      renewedAt = 150;
      return work();
    },
    lastRenewal: () => renewedAt,
    noteRenewal: (at) => (renewedAt = at),
  };
  const post = vi.fn().mockResolvedValue(true);
  expect(await renewInTurn(post, neighbours, () => clock)()).toBe(true);
  expect(post).not.toHaveBeenCalled();
});

test("a renewal that was refused is not noted", async () => {
  const noteRenewal = vi.fn();
  const neighbours: Neighbours = { inTurn: (work) => work(), lastRenewal: () => 0, noteRenewal };
  expect(await renewInTurn(() => Promise.resolve(false), neighbours, () => 5)()).toBe(false);
  expect(noteRenewal).not.toHaveBeenCalled();
});
