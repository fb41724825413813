import { expect, test } from "vitest";
import { choiceOf, pathToStep, placeInWords, standing } from "./choice";

test("what was chosen survives the way to any step and back", () => {
  const choice = { plan: "standard", code: "FÊTE & CO" };
  for (const step of ["plan", "account", "payment"] as const) {
    const path = pathToStep(step, choice);
    expect(choiceOf(path.slice(path.indexOf("?")))).toEqual(choice);
  }
});

test("nothing chosen leaves no trace in the address", () => {
  expect(pathToStep("plan", { plan: "", code: "  " })).toBe("/join");
  expect(choiceOf("")).toEqual({ plan: "", code: "" });
});

test("a step knows its place", () => {
  expect([placeInWords("plan"), placeInWords("account"), placeInWords("payment")]).toEqual(["1 of 3", "2 of 3", "3 of 3"]);
});

test("the plan asked for stands, else the one in the middle, else none", () => {
  const plans = [{ id: "small" }, { id: "standard" }, { id: "large" }];
  expect(standing(plans, "large")?.id).toBe("large");
  expect(standing(plans, "gone")?.id).toBe("standard");
  expect(standing(plans.slice(0, 2), "")?.id).toBe("small");
  expect(standing([], "small")).toBeNull();
});
