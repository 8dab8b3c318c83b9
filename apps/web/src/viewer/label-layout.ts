/**
 * Where labels go when they would cover each other: right of their point, left of it, or nowhere; the
 * first in order of importance chooses first.
 */
export interface LabelBox {
  readonly id: number;
  /** The labelled point. */
  readonly x: number;
  readonly y: number;
  /** Between the point and the text, on either side. */
  readonly gap: number;
  readonly width: number;
  readonly height: number;
}

/** Points nearer than this look like one, in CSS pixels. */
const SAME_POINT = 6;

interface Rectangle {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

/** `boxes` in order of importance; answers the left edge of each text that has a place, by id. */
export function placeLabels(
  boxes: readonly LabelBox[],
  width: number,
  height: number,
): ReadonlyMap<number, number> {
  // Nobody writes over a body: each point keeps a small square free.
  const taken: Rectangle[] = boxes
    .filter((box) => box.gap > 4)
    .map(({ x, y, gap }) => {
      const half = gap - 4;
      return { left: x - half, right: x + half, top: y - half, bottom: y + half };
    });
  const places = new Map<number, number>();
  const nameless: LabelBox[] = [];
  for (const box of boxes) {
    // Where the Earth's name found no place, the Moon's would be taken for it.
    if (nameless.some((other) => Math.hypot(other.x - box.x, other.y - box.y) < SAME_POINT)) {
      continue;
    }
    for (const left of [box.x + box.gap, box.x - box.gap - box.width]) {
      const top = box.y - box.height / 2;
      const text = { left, top, right: left + box.width, bottom: top + box.height };
      const inside = left >= 0 && top >= 0 && text.right <= width && text.bottom <= height;
      if (!inside || taken.some((other) => overlaps(text, other))) continue;
      taken.push(text);
      places.set(box.id, left);
      break;
    }
    if (!places.has(box.id)) nameless.push(box);
  }
  return places;
}

function overlaps(a: Rectangle, b: Rectangle): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}
