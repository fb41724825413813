import { expect, test } from "vitest";
import { codeAsTyped, inWords } from "./apps";

test.each([
  ["bcdf", "BCDF"],
  ["bcdfg", "BCDF-G"],
  ["BCDF-GHJK", "BCDF-GHJK"],
  [" bcdf ghjk lmn", "BCDF-GHJK"],
])("%s is shown as the screen shows it", (text, shown) => {
  expect(codeAsTyped(text)).toBe(shown);
});

test("what an app may do is said of the person who lets it in", () => {
  const whom = { email: "asha@example.org", name: "Asha" };
  expect(inWords("watch", whom)).toBe("Browse and play as Asha, and change Asha’s list");
  expect(inWords("email", whom)).toContain("asha@example.org");
});
