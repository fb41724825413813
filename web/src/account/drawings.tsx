import type { ReactNode } from "react";

/** One avatar's drawing on a field of 100 by 100, cut round by its frame; `id` names its gradient. */
type Drawing = (id: string) => ReactNode;

const field = (colour: string) => <rect width="100" height="100" fill={colour} />;

const SUN: Drawing = (id) => (
  <>
    <radialGradient id={id} cx="36%" cy="34%" r="72%">
      <stop offset="0" stopColor="var(--lamp)" />
      <stop offset="0.62" stopColor="var(--ember)" />
      <stop offset="1" stopColor="var(--curtain)" />
    </radialGradient>
    {field(`url(#${id})`)}
  </>
);

/** Geometry, no faces. The names are the house's; each is drawn here. */
export const DRAWINGS: Readonly<Record<string, Drawing>> = {
  sun: SUN,
  moon: () => (
    <>
      {field("var(--night)")}
      <circle cx="66" cy="72" r="44" fill="var(--rose)" />
      <circle cx="70" cy="74" r="19" fill="var(--ivory)" />
    </>
  ),
  wave: () => (
    <>
      {field("var(--cream)")}
      <path d="M0 40q12.5-16 25 0t25 0 25 0 25 0v60H0z" fill="var(--leaf)" />
      <path d="M0 60q12.5-16 25 0t25 0 25 0 25 0v40H0z" fill="var(--pine)" />
      <path d="M0 80q12.5-16 25 0t25 0 25 0 25 0v20H0z" fill="var(--sea)" />
    </>
  ),
  peak: () => (
    <>
      {field("var(--cream)")}
      <circle cx="68" cy="32" r="13" fill="var(--ember)" />
      <path d="M-6 100 38 36l44 64z" fill="var(--pine)" />
      <path d="m44 100 30-40 34 40z" fill="var(--night)" />
    </>
  ),
  star: () => (
    <>
      {field("var(--night)")}
      <path d="M50 12 60 40 88 50 60 60 50 88 40 60 12 50 40 40z" fill="var(--bulb)" />
      <circle cx="78" cy="24" r="3" fill="var(--ivory)" />
      <circle cx="22" cy="76" r="2.4" fill="var(--ivory)" />
    </>
  ),
  leaf: () => (
    <>
      {field("var(--pine)")}
      <path d="M22 78C14 38 40 16 80 18c4 40-18 66-58 60z" fill="var(--leaf)" />
      <path d="M22 78 66 34" stroke="var(--cream)" strokeWidth="3" strokeLinecap="round" />
    </>
  ),
  shell: () => (
    <>
      {field("var(--curtain)")}
      {[92, 76, 60, 44, 28, 12].map((radius, i) => (
        <circle key={radius} cx="50" cy="108" r={radius} fill={i % 2 === 0 ? "var(--bulb)" : "var(--curtain)"} />
      ))}
    </>
  ),
  comet: () => (
    <>
      {field("var(--sea)")}
      <path d="M104-20 28 58l14 14z" fill="var(--cream)" opacity="0.3" />
      <path d="M112-4 30 60l10 10z" fill="var(--lamp)" opacity="0.75" />
      <circle cx="34" cy="66" r="13" fill="var(--ivory)" />
      <circle cx="78" cy="74" r="3" fill="var(--cream)" />
      <circle cx="24" cy="22" r="2.4" fill="var(--cream)" />
    </>
  ),
  ember: () => (
    <>
      {field("var(--night)")}
      {["curtain", "ember", "bulb", "ivory"].map((colour, i) => (
        <circle key={colour} cx="50" cy={58 + i * 5} r={40 - i * 10.5} fill={`var(--${colour})`} />
      ))}
    </>
  ),
  kite: () => (
    <>
      {field("var(--rose)")}
      <path d="M50 12v38H22z" fill="var(--bulb)" />
      <path d="M50 12v38h28z" fill="var(--ivory)" />
      <path d="M50 50v40L22 50z" fill="var(--ember)" />
      <path d="M50 50v40l28-40z" fill="var(--night)" />
    </>
  ),
};

/** The drawing of that name; a name from a newer house gets one of ours, always the same. */
export function drawingOf(name: string): Drawing {
  const drawn = DRAWINGS[name];
  if (drawn !== undefined) return drawn;
  const all = Object.values(DRAWINGS);
  let sum = 0;
  for (const letter of name) sum += letter.codePointAt(0) ?? 0;
  return all[sum % all.length] ?? SUN;
}
