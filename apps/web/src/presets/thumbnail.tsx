/** A preset's sketch as a small drawing, in the card's own colour. */
import { eightAt, sketchOf } from "./sketch.ts";

const DOTS = 130;
const ORBITS = [0.13, 0.19, 0.35, 0.478, 0.68, 0.88];

export function Thumbnail({ kind }: { readonly kind: string }) {
  return (
    <svg class="thumbnail" viewBox="-1.05 -0.7 2.1 1.4" aria-hidden="true" focusable="false">
      {kind === "solar-system" ? (
        <Orbits />
      ) : kind === "figure-eight" ? (
        <Eight />
      ) : (
        <Dots kind={kind} />
      )}
    </svg>
  );
}

function Orbits() {
  return (
    <>
      {ORBITS.map((r, i) => (
        <g key={r}>
          <ellipse rx={r} ry={r * 0.52} class="path" />
          <circle
            cx={r * Math.cos(i * 2.3 + 0.4)}
            cy={0.52 * r * Math.sin(i * 2.3 + 0.4)}
            r={[0.024, 0.024, 0.05, 0.042, 0.034, 0.034][i]}
            class={`hue-${(i + 1) % 5}`}
          />
        </g>
      ))}
      <circle r="0.06" class="hue-4" />
    </>
  );
}

function Eight() {
  const curve = Array.from({ length: 73 }, (_, i) => eightAt((i / 72) * 2 * Math.PI));
  return (
    <>
      <path
        class="path"
        d={`M${curve.map(([x, y]) => `${(x * 0.9).toFixed(3)} ${y.toFixed(3)}`).join("L")}`}
      />
      {[0.4, 0.4 + (2 * Math.PI) / 3, 0.4 + (4 * Math.PI) / 3].map((phase, i) => {
        const [x, y] = eightAt(phase);
        return <circle key={phase} cx={x * 0.9} cy={y} r="0.07" class={`hue-${[4, 1, 2][i]}`} />;
      })}
    </>
  );
}

function Dots({ kind }: { readonly kind: string }) {
  const { positions, scalars } = sketchOf(kind, DOTS, 7);
  const lift = kind === "plummer" ? 1 : 0.6;
  return (
    <>
      {Array.from(scalars, (scalar, i) => (
        <circle
          key={i}
          cx={positions[3 * i]!.toFixed(3)}
          cy={(-lift * positions[3 * i + 1]! - (1 - lift) * positions[3 * i + 2]!).toFixed(3)}
          r={(0.012 + 0.014 * scalar).toFixed(3)}
          class={`hue-${Math.min(4, Math.floor(scalar * 5))}`}
        />
      ))}
    </>
  );
}
