/** What each control does. */
import { useEffect, useRef } from "preact/hooks";

const KEYS: readonly (readonly [string, string])[] = [
  ["Drag, or arrow keys", "turn the view"],
  ["Wheel, pinch, or + and −", "zoom"],
  ["Right drag, two fingers, or Shift with arrow keys", "move sideways"],
  ["Double click, or 0", "reset the view"],
  ["Click a name", "follow that body; again to let go"],
  ["Space", "play or pause the replay"],
  ["← and → on the time slider", "step by a frame; with Shift by ten"],
];

const TERMS: readonly (readonly [string, string])[] = [
  [
    "Energy error",
    "How far the total energy has moved from its start, relative to it. Exact motion keeps energy: the lower and flatter the curve, the better the integration.",
  ],
  [
    "Virial ratio",
    "Twice the kinetic energy over the size of the potential energy. A system in equilibrium stays near 1.",
  ],
  [
    "Compressed distances",
    "Distances from the heaviest body are drawn as cube roots, so that Mercury and Pluto fit into one picture. The rings carry the true radii.",
  ],
  [
    "Softening",
    "A length below which gravity is weakened, so that close encounters of particles that stand for many stars do not throw them out.",
  ],
];

export function Help({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    if (open && dialog.current?.open === false) dialog.current.showModal();
    if (!open) dialog.current?.close();
  }, [open]);
  return (
    <dialog ref={dialog} class="help" aria-labelledby="help-title" onClose={onClose}>
      <form method="dialog">
        <h2 id="help-title">Controls</h2>
        <button class="icon" aria-label="Close">
          ×
        </button>
      </form>
      <p class="hint">Single keys work while the 3D view has the focus.</p>
      <dl class="keys">
        {KEYS.map(([keys, effect]) => (
          <div key={keys}>
            <dt>{keys}</dt>
            <dd>{effect}</dd>
          </div>
        ))}
      </dl>
      <h2>Terms</h2>
      <dl class="terms">
        {TERMS.map(([term, meaning]) => (
          <div key={term}>
            <dt>{term}</dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </dialog>
  );
}
