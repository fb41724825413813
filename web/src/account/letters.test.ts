import { expect, test } from "vitest";
import { wordIn } from "./letters";

test.each([
  [{ hash: "#abc", search: "" }, "abc"],
  [{ hash: "", search: "?word=abc" }, "abc"],
  [{ hash: "#abc", search: "?word=other" }, "abc"],
  [{ hash: "", search: "" }, ""],
])("the word of %o is found", (place, word) => {
  expect(wordIn(place)).toBe(word);
});
