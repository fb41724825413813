import { describe, expect, it } from "vitest";
import { shownBy, timeOf, wayTo } from "./spans";

describe("what the figures show", () => {
  it("stands in the address, and comes back from it", () => {
    const shown = { span: "week", by: "box", behind: { dimension: "box", value: "a & b", fromMs: 5, toMs: 9 }, view: "v1" } as const;
    expect(shownBy(wayTo(shown).slice("/operator/figures".length))).toEqual(shown);
  });

  it("is the last hour by title where the address says nothing, or nonsense", () => {
    const plain = { span: "hour", by: "title", behind: null, view: "" };
    expect(shownBy("")).toEqual(plain);
    expect(shownBy("?span=constructor&by=toString&of=all&from=x&to=1")).toEqual(plain);
  });

  it("ends with the minute that runs", () => {
    expect(timeOf("hour", 3_600_001)).toEqual({ fromMs: 60_000, toMs: 3_660_000, stepMs: 60_000 });
  });
});
