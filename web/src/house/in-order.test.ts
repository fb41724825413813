import { expect, test, vi } from "vitest";
import { inOrder } from "./in-order";

test("what is asked after leaving waits until the leaving was heard", async () => {
  const heard: string[] = [];
  let answer: () => void = () => undefined;
  const fetch = inOrder(async (input) => {
    if (input === "leave") await new Promise<void>((resolve) => (answer = resolve));
    heard.push(input as string);
    return new Response();
  });
  const leaving = fetch("leave", { keepalive: true });
  const asking = fetch("ask");
  await Promise.resolve();
  expect(heard).toEqual([]);
  answer();
  await Promise.all([leaving, asking]);
  expect(heard).toEqual(["leave", "ask"]);
});

test("of two that are told one after the other both are heard before what is asked then", async () => {
  const answers: (() => void)[] = [];
  const fetch = inOrder(async (input) => {
    if (input !== "ask") await new Promise<void>((resolve) => answers.push(resolve));
    return new Response(input as string);
  });
  const told = [fetch("keep", { keepalive: true }), fetch("leave", { keepalive: true })];
  const here = vi.fn();
  const asking = fetch("ask").then(here);
  answers[1]?.();
  await told[1];
  await new Promise((resolve) => setTimeout(resolve, 0));
  expect(here).not.toHaveBeenCalled();
  answers[0]?.();
  await Promise.all([...told, asking]);
  expect(here).toHaveBeenCalledOnce();
});

test("a leaving that fails or stays unanswered holds nobody up for long", async () => {
  vi.useFakeTimers();
  const fetch = inOrder((input) => (input === "leave" ? new Promise(() => undefined) : Promise.resolve(new Response("here"))));
  void fetch("leave", { keepalive: true });
  const asking = fetch("ask");
  await vi.advanceTimersByTimeAsync(2_000);
  expect(await (await asking).text()).toBe("here");
  vi.useRealTimers();
  const failing = inOrder((input) => (input === "leave" ? Promise.reject(new Error("down")) : Promise.resolve(new Response("here"))));
  await expect(failing("leave", { keepalive: true })).rejects.toThrow("down");
  expect((await failing("ask")).status).toBe(200);
});
