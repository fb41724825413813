import { expect, test } from "vitest";
import { hasRoom, pathTo, placeOf, safeNext } from "./way";

test.each([
  ["/", { room: "home" }],
  ["/who", { room: "who" }],
  ["/picks", { room: "picks" }],
  ["/genre/Science%20Fiction", { room: "genre", id: "Science Fiction" }],
  ["/operator/letters", { room: "operator-letters" }],
  ["/title/a1/", { room: "title", id: "a1" }],
  ["/genre/%zz", { room: "lost" }],
  ["/title/", { room: "lost" }],
  ["/constructor", { room: "lost" }],
])("%s leads to its room", (path, place) => {
  expect(placeOf(path)).toEqual(place);
});

test("a genre's path leads back to the genre, whatever its name", () => {
  for (const name of ["Film-Noir", "Sci/Fi", "50 % Ω", "a?b#c"]) expect(placeOf(pathTo.genre(name))).toEqual({ room: "genre", id: name });
});

test("whoever is asked who is watching is led on to where they were going", () => {
  expect(pathTo.who("/")).toBe("/who");
  expect(safeNext(new URL(pathTo.who("/search?q=a&b"), "http://house").search)).toBe("/search?q=a&b");
});

test.each(["//elsewhere.example", "/\\elsewhere", "/\t/elsewhere", "/\n\\elsewhere", "//", "elsewhere", "https://elsewhere.example", "/sign-in", "/who?next=/who"])(
  "%s is not followed",
  (next) => {
    expect(safeNext(`?next=${encodeURIComponent(next)}`)).toBe("/");
  },
);

test("a room that is not built is known before anybody is sent there", () => {
  expect([hasRoom("/account"), hasRoom("/account/plan"), hasRoom("/account/attic")]).toEqual([true, true, false]);
});
