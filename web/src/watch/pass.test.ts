import { expect, test, vi } from "vitest";
import { holdPass } from "./pass";

const HOUR_MS = 3_600_000;
const at = (ms: number) => new Date(ms).toISOString();

test("a pass that is good for long is used as it is", async () => {
  const renew = vi.fn(() => Promise.resolve());
  const holder = holdPass(renew, () => 0);
  holder.take({ token: "one", until: at(HOUR_MS) });
  expect(await holder.token()).toBe("one");
  expect(renew).not.toHaveBeenCalled();
});

test("a spent pass is renewed once for all who wait for it", async () => {
  const renew = vi.fn(() => Promise.resolve().then(() => holder.take({ token: "two", until: at(HOUR_MS) })));
  const holder = holdPass(renew, () => 0);
  holder.take({ token: "one", until: at(HOUR_MS) });
  holder.spent();
  expect(await Promise.all([holder.token(), holder.token(), holder.token()])).toEqual(["two", "two", "two"]);
  expect(await holder.token()).toBe("two");
  expect(renew).toHaveBeenCalledOnce();
});

test("a pass near its end is renewed before it is over", async () => {
  const renew = vi.fn(() => Promise.resolve().then(() => holder.take({ token: "two", until: at(HOUR_MS) })));
  const holder = holdPass(renew, () => 0);
  holder.take({ token: "one", until: at(30_000) });
  expect(await holder.token()).toBe("two");
});

test("a clock that is wrong by a day does not ask for a pass with every segment", async () => {
  let now = 24 * HOUR_MS;
  const renew = vi.fn(() => Promise.resolve().then(() => holder.take({ token: "two", until: at(HOUR_MS) })));
  const holder = holdPass(renew, () => now);
  holder.take({ token: "one", until: at(HOUR_MS) });
  for (let segment = 0; segment < 4; segment++) {
    expect(await holder.token()).toBe("two");
    now += 1_000;
  }
  expect(renew).toHaveBeenCalledOnce();
});

test("while no new pass can be had the old one goes on", async () => {
  const holder = holdPass(
    () => Promise.resolve(),
    () => 0,
  );
  holder.take({ token: "one", until: at(HOUR_MS) });
  holder.spent();
  expect(await holder.token()).toBe("one");
});
