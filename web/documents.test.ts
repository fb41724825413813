import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { trustedDocuments } from "./documents";

const FILM = "export const F = graphql(`fragment Film on Title @_unmask { id art { ...Art } }`);";
const ART = "const A = graphql(`fragment Art on Art { card }`);";

test("a question is whole, asks for types, and is known by the digest of its text", () => {
  const [home] = trustedDocuments(["const Q = graphql(`query Home { home { ...Film } }`, [Film]);", FILM, ART]);
  expect(home?.name).toBe("Home");
  expect(home?.text.replaceAll(/\s+/g, " ")).toBe(
    "query Home { home { ...Film __typename } } " +
      "fragment Film on Title { id art { ...Art __typename } __typename } " +
      "fragment Art on Art { card __typename }",
  );
  expect(home?.digest).toBe(createHash("sha256").update(home?.text ?? "").digest("hex"));
});

test("a fragment that two others spread stands once, and one that nobody spreads not at all", () => {
  const both = "graphql(`query Two { a { ...Film } b { ...Art } }`); graphql(`fragment Other on Title { id }`)";
  const text = trustedDocuments([both, FILM, ART])[0]?.text ?? "";
  expect(text.match(/fragment Art/g)).toHaveLength(1);
  expect(text).not.toContain("Other");
});

test.each([
  ["a question without a name", "graphql(`{ viewer { email } }`)", "Give this question a name"],
  ["two of one name", "graphql(`query A { a }`); graphql(`query A { b }`)", "Two questions are called A"],
  ["a fragment nobody wrote", "graphql(`query A { a { ...Lost } }`)", "No source has a fragment called Lost"],
])("%s ends the build", (_what, source, told) => {
  expect(() => trustedDocuments([source])).toThrow(told);
});
