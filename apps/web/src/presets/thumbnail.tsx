/** A preset's drawing on its card. */
import type { Preset } from "../api/resources.ts";
import { drawingOf, HALF_HEIGHT, HALF_WIDTH, type Drawing } from "./thumbnail-drawing.ts";

const drawings = new Map<string, Drawing>();

/** Drawn once per preset: a closed curve takes some ten thousand steps. */
function remembered(preset: Preset): Drawing {
  let drawing = drawings.get(preset.kind);
  if (drawing === undefined) {
    drawing = drawingOf(preset);
    drawings.set(preset.kind, drawing);
  }
  return drawing;
}

export function Thumbnail({ preset }: { readonly preset: Preset }) {
  const { dots, paths, rings } = remembered(preset);
  const box = `${-HALF_WIDTH} ${-HALF_HEIGHT} ${2 * HALF_WIDTH} ${2 * HALF_HEIGHT}`;
  return (
    <svg class="thumbnail" viewBox={box} aria-hidden="true" focusable="false">
      {rings.map((r) => (
        <ellipse key={r} rx={r} ry={r / 2} class="path" />
      ))}
      {paths.map((path, i) => (
        <polyline key={i} points={path.map((value) => value.toFixed(3)).join(" ")} class="path" />
      ))}
      {dots.map(({ x, y, r, hue }, i) => (
        <circle key={i} cx={x.toFixed(3)} cy={y.toFixed(3)} r={r} class={`hue-${hue}`} />
      ))}
    </svg>
  );
}
