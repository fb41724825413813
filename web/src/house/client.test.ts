import { afterEach, expect, test, vi } from "vitest";
import { isSignedOut, kindOf, openClient } from "./client";

const asked = { known: () => true, renew: () => Promise.resolve(true), onSignedOut: () => undefined };

afterEach(() => {
  vi.unstubAllGlobals();
});

async function answered(body: unknown) {
  const json = () => Promise.resolve(new Response(JSON.stringify(body), { headers: { "content-type": "application/json" } }));
  vi.stubGlobal("window", { fetch: json });
  const onNobody = vi.fn();
  const result = await openClient(asked, onNobody).query("query Viewer { viewer { email } }", {}).toPromise();
  return { result, onNobody };
}

test("a question that failed as a whole has no data, and says why", async () => {
  const error = { message: "A part of the house is not answering.", path: ["viewer"], extensions: { kind: "unavailable" } };
  const { result, onNobody } = await answered({ data: null, errors: [error] });
  expect(result.data).toBeUndefined();
  expect(kindOf(result.error)).toBe("unavailable");
  expect(onNobody).not.toHaveBeenCalled();
});

test("who has picked nobody is asked who is watching", async () => {
  const { result, onNobody } = await answered({ data: null, errors: [{ message: "Who?", extensions: { kind: "no_profile" } }] });
  expect(isSignedOut(result.error)).toBe(true);
  expect(onNobody).toHaveBeenCalledOnce();
});

test("an answer comes as it was given", async () => {
  const { result } = await answered({ data: { viewer: { email: "ada@example.org" } } });
  expect(result.data).toEqual({ viewer: { email: "ada@example.org" } });
});
