import { expect, test } from "vitest";
import { dayOf } from "./keys";
import { answerJson, bytesOf, textOf } from "./passkey";

const noon = Date.UTC(2026, 4, 3, 12);

test("a day is said as people say it", () => {
  expect(dayOf(noon - 3_600_000, noon)).toBe("today");
  expect(dayOf(noon - 13 * 3_600_000, noon)).toBe("yesterday");
  expect(dayOf(noon, noon + 40 * 86_400_000)).toBe("3 May 2026");
});

test("what a passkey says travels as text and comes back as it was", () => {
  const bytes = Uint8Array.from([0, 62, 63, 250, 255, 1]);
  const text = textOf(bytes.buffer);
  expect(text).toBe("AD4_-v8B");
  expect(new Uint8Array(bytesOf(text))).toEqual(bytes);
});

test("an answer names every part the house reads", () => {
  const part = Uint8Array.from([1, 2, 3]).buffer;
  const answer = answerJson("AQID", part, { clientDataJSON: part, signature: part, userHandle: null });
  expect(answer).toEqual({
    id: "AQID",
    rawId: "AQID",
    type: "public-key",
    response: { clientDataJSON: "AQID", signature: "AQID", userHandle: null },
  });
});
