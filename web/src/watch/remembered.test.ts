import { expect, test } from "vitest";
import { AT_FIRST, understood } from "./remembered";

test("what was written comes back", () => {
  const kept = { subtitles: "de", lastSubtitles: "de", voice: "en", volume: 0.4, muted: true };
  expect(understood(JSON.stringify(kept))).toEqual(kept);
});

test.each([null, "", "{", "7", "null", '{"volume":9,"subtitles":3}'])("%s is forgotten without harm", (written) => {
  expect(understood(written)).toEqual(AT_FIRST);
});
