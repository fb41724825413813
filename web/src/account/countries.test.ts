import { expect, test } from "vitest";
import { COUNTRIES, likelyCountry, nameOf } from "./countries";

test("every country is on offer once, by its name and in the order of names", () => {
  for (const code of ["DE", "IN", "BR", "US", "GB", "ZA", "NZ"]) expect(COUNTRIES).toContain(code);
  for (const old of ["DD", "SU", "YU", "UK", "ZZ", "EU"]) expect(COUNTRIES).not.toContain(old);
  const names = COUNTRIES.map(nameOf);
  expect(new Set(names).size).toBe(names.length);
  expect(names.length).toBeGreaterThan(240);
  expect(names.length).toBeLessThan(256);
});

test("who signs up is guessed to be where their clock is, and nowhere where it does not say", () => {
  expect(likelyCountry("America/Sao_Paulo")).toBe("BR");
  expect(likelyCountry("UTC")).toBe("");
}, 20_000);
