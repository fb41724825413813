/** Where points of a plot stand, as shares of its width and height; pure, so that it can be tried. */

export interface Spot {
  readonly atMs: number;
  readonly value: number;
}

const STEPS = [1, 2, 2.5, 5, 10];

/** The least round number that is not below: the top of a plot. */
export function roundTop(most: number, least = 1): number {
  if (!(most > 0)) return least;
  const power = 10 ** Math.floor(Math.log10(most));
  const step = STEPS.find((each) => each * power >= most * (1 - 1e-9)) ?? 10;
  return step * power;
}

/** What nobody watched in is nothing of what is counted; of what is measured it is not known, and stays out. */
export function filled(spots: readonly Spot[], fromMs: number, toMs: number, stepMs: number): Spot[] {
  const known = new Map(spots.map((spot) => [spot.atMs, spot.value]));
  const steps = Math.max(0, Math.round((toMs - fromMs) / stepMs));
  return Array.from({ length: steps }, (_, step) => {
    const atMs = fromMs + step * stepMs;
    return { atMs, value: known.get(atMs) ?? 0 };
  });
}

/** An SVG path in a box of 1000 by 100; where a step is missing the pen is lifted. A point alone is a short line. */
export function pathOf(spots: readonly Spot[], fromMs: number, toMs: number, stepMs: number, top: number): string {
  const width = Math.max(1, toMs - fromMs);
  let before = -Infinity;
  return spots
    .map(({ atMs, value }) => {
      const x = (((atMs + stepMs / 2 - fromMs) / width) * 1000).toFixed(1);
      const y = (100 - Math.min(1, value / top) * 100).toFixed(1);
      const lifted = atMs - before > stepMs * 1.5;
      before = atMs;
      return lifted ? `M${x} ${y}h1` : `L${x} ${y}`;
    })
    .join("");
}

/** Points without a neighbour, which a line would not show: a spot each. */
export function dotsOf(spots: readonly Spot[], fromMs: number, toMs: number, stepMs: number, top: number): string {
  const far = (one: Spot | undefined, other: Spot) => one === undefined || Math.abs(one.atMs - other.atMs) > stepMs * 1.5;
  return spots
    .filter((spot, number) => far(spots[number - 1], spot) && far(spots[number + 1], spot))
    .map((spot) => pathOf([spot], fromMs, toMs, stepMs, top))
    .join("");
}

/** The step at a share of the width, from 0. */
export function stepAt(share: number, fromMs: number, toMs: number, stepMs: number): number {
  const steps = Math.max(1, Math.round((toMs - fromMs) / stepMs));
  return Math.min(steps - 1, Math.max(0, Math.floor(share * steps)));
}
