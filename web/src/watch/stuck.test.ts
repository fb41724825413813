import { expect, test } from "vitest";
import { look, NEVER_STOOD, type Sight } from "./stuck";

/** The seconds at which a film would be helped that is looked at each second. */
function helpedAt(seconds: number, see: (second: number) => Omit<Sight, "at">): number[] {
  let memory = NEVER_STOOD;
  const helped: number[] = [];
  for (let second = 0; second <= seconds; second += 1) {
    memory = look(memory, { at: second * 1000, ...see(second) });
    if (memory.help) helped.push(second);
  }
  return helped;
}

test("a film that stands while nobody asks for its pieces is helped, once a minute at most", () => {
  expect(helpedAt(150, () => ({ stands: true, busyAt: 0 }))).toEqual([8, 68, 128]);
});

test("a slow link is no trouble: while pieces are asked for or arrive, nothing is loaded afresh", () => {
  expect(helpedAt(120, (second) => ({ stands: true, busyAt: Math.max(0, second - 4) * 1000 }))).toEqual([]);
});

test("a film that shows something needs no help, and standing now and then is not standing long", () => {
  expect(helpedAt(120, () => ({ stands: false, busyAt: 0 }))).toEqual([]);
  expect(helpedAt(120, (second) => ({ stands: second % 8 !== 0, busyAt: 0 }))).toEqual([]);
});
