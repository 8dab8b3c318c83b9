/** The scene's colours for a dark and a light page, as linear-free sRGB triples (0 to 1). */
export type Scheme = "dark" | "light";
export type Rgb = readonly [number, number, number];

export function rgb(hex: string): Rgb {
  const value = Number.parseInt(hex.slice(1), 16);
  return [(value >> 16) / 255, ((value >> 8) & 255) / 255, (value & 255) / 255];
}

/** Slow to fast: night blue to ember in the dark, ink to vermilion on paper. */
export const RAMPS: Readonly<Record<Scheme, readonly [Rgb, Rgb, Rgb, Rgb, Rgb]>> = {
  dark: [rgb("#3d5bf0"), rgb("#39a9f5"), rgb("#b8ecf2"), rgb("#ffd79a"), rgb("#ff7a35")],
  light: [rgb("#27346f"), rgb("#1f6aa6"), rgb("#3f8f86"), rgb("#c0761a"), rgb("#b8320c")],
};

export const GRID: Readonly<Record<Scheme, { readonly color: Rgb; readonly alpha: number }>> = {
  dark: { color: rgb("#8ea6e6"), alpha: 0.2 },
  light: { color: rgb("#4a4632"), alpha: 0.22 },
};

/** Colours by which people know the named bodies; others take turns through `TURNS`. */
const BODIES: Readonly<Record<string, readonly [dark: string, light: string]>> = {
  sun: ["#ffd166", "#d98a00"],
  mercury: ["#c3b7a8", "#7b6d5d"],
  venus: ["#f0d9a0", "#a97f22"],
  earth: ["#6fb4ff", "#1f66c4"],
  moon: ["#d7d9e0", "#6f7380"],
  mars: ["#ff7d5c", "#bb3a1d"],
  jupiter: ["#f2b98a", "#a8622b"],
  saturn: ["#ecd594", "#94741c"],
  uranus: ["#8fe3e0", "#15807d"],
  neptune: ["#6e8dff", "#3350c9"],
  pluto: ["#d3a6c8", "#8c4f7e"],
};

const TURNS: readonly (readonly [dark: string, light: string])[] = [
  ["#ff9152", "#b8420f"],
  ["#5cc8ff", "#1b6fa8"],
  ["#c6f27a", "#55801a"],
  ["#e79bff", "#8a3fb0"],
  ["#ffd166", "#96700b"],
  ["#7ff0cf", "#14806a"],
];

export function bodyColor(scheme: Scheme, name: string | undefined, i: number): Rgb {
  const pair = BODIES[name?.toLowerCase() ?? ""] ?? TURNS[i % TURNS.length]!;
  return rgb(scheme === "dark" ? pair[0] : pair[1]);
}
