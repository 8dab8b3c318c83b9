/** Which labels are shown when they would cover each other: the first in order of importance. */
export interface LabelBox {
  readonly id: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** `boxes` in order of importance; answers the ids of those that fit without touching. */
export function placeLabels(
  boxes: readonly LabelBox[],
  width: number,
  height: number,
): ReadonlySet<number> {
  const placed: LabelBox[] = [];
  for (const box of boxes) {
    const inside =
      box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height;
    if (inside && !placed.some((other) => overlaps(box, other))) placed.push(box);
  }
  return new Set(placed.map((box) => box.id));
}

function overlaps(a: LabelBox, b: LabelBox): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height;
}
