/** A film's length for people: "52 s", "10 min", "1 h 42 min". */
export function lengthInWords(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const rest = minutes % 60;
  const hours = `${Math.floor(minutes / 60)} h`;
  return rest === 0 ? hours : `${hours} ${rest} min`;
}

interface Outline {
  readonly year: number | null;
  readonly runtimeMs: number | null;
  readonly genres: readonly string[];
}

/** The few facts that stand under a name, in reading order; unknown ones are left out. */
export function factsOf({ year, runtimeMs, genres }: Outline): string[] {
  return [
    year === null ? "" : String(year),
    runtimeMs === null ? "" : lengthInWords(runtimeMs),
    genres.slice(0, 3).join(", "),
  ].filter((fact) => fact !== "");
}
