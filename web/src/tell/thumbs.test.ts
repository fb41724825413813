import { expect, test } from "vitest";
import { understood, withThumb } from "./thumbs";

test("the latest thumb holds, and one that was taken back is gone", () => {
  const liked = withThumb({}, "film", "UP");
  expect(withThumb(liked, "film", "LOVE")).toEqual({ film: "LOVE" });
  expect(withThumb(liked, "film", "NONE")).toEqual({});
});

test("of very many the oldest are forgotten", () => {
  let thumbs = {};
  for (let count = 0; count < 1_001; count += 1) thumbs = withThumb(thumbs, `film-${count}`, "UP");
  expect(Object.keys(thumbs)).toHaveLength(1_000);
  expect(thumbs).not.toHaveProperty("film-0");
});

test("what stands in the browser is read only as far as it fits", () => {
  expect(understood('{"a":"LOVE","b":"SIDEWAYS","c":7}')).toEqual({ a: "LOVE" });
  for (const written of [null, "", "[1]", "{", "7"]) expect(understood(written)).toEqual({});
});
