import type { Place, RowSeen } from "../tell/facts";
import type { RowOfTitles } from "./titles";

/** Where a row stands: on which visit of which page, how far down, and how it came to be ranked. */
export interface Standing {
  readonly page: string;
  readonly pageId: string;
  readonly rowId: string;
  readonly row: number;
  /** Null: nobody ranked it. */
  readonly told: RowOfTitles["told"];
}

/** Some titles of a row, whose titles are `row`, came into sight: of an interleaved one each is of a team. */
export function seenOf({ told, ...where }: Standing, row: readonly string[], titleIds: readonly string[]): RowSeen {
  if (told === null) return { ...where, titleIds };
  const { model, trial, arm, propensity, teams } = told;
  const teamsOf = teams.length === 0 ? [] : titleIds.map((id) => teams[row.indexOf(id)] ?? "");
  return { ...where, titleIds, model, trial, arm, propensity, teams: teamsOf };
}

/**
 * Where the title that stands at a place was picked: in an interleaved row, for the team that put it there. A chart, which no
 * model ranked, is the same in every arm: what is picked there is nobody's merit.
 */
export function placeOf({ rowId, row, told }: Standing, place: number): Place {
  if (told === null || told.trial === "" || told.model === "") return { rowId, row, place };
  const team = told.teams[place] ?? "";
  return { rowId, row, place, trial: told.trial, arm: team === "" ? told.arm : team };
}
