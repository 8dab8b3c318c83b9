/** What the user's system prefers, as signals. */
import { signal, type ReadonlySignal } from "@preact/signals";
import type { Scheme } from "../viewer/palette.ts";

function media(query: string): ReadonlySignal<boolean> {
  const list = matchMedia(query);
  const matches = signal(list.matches);
  list.addEventListener("change", () => (matches.value = list.matches));
  return matches;
}

const dark = media("(prefers-color-scheme: dark)");

export const reducedMotion: ReadonlySignal<boolean> = media("(prefers-reduced-motion: reduce)");

/** Read inside a component or effect, it subscribes. */
export function currentScheme(): Scheme {
  return dark.value ? "dark" : "light";
}
