/**
 * Names of bodies and radii of rings as text over the canvas: sharp at any zoom, and styled by the
 * page. Positions are written as transforms only, so that moving labels never cause a layout.
 */
import { placeLabels, type LabelBox } from "./label-layout.ts";

export interface LabelPlace {
  readonly text: string;
  /** The labelled point, in CSS pixels from the layer's left and top. */
  readonly x: number;
  readonly y: number;
  /** Between the point and its text. */
  readonly gap: number;
  readonly kind: "body" | "ring";
  readonly color?: string;
}

const GLYPH_WIDTH = 7;
const LINE_HEIGHT = 15;

export class LabelLayer {
  readonly #layer: HTMLElement;
  readonly #elements: HTMLElement[] = [];
  /** Called with the index of the body whose label was clicked. */
  onPick: (label: number) => void = () => {};

  constructor(layer: HTMLElement) {
    this.#layer = layer;
  }

  /** Labels in order of importance. */
  update(labels: readonly LabelPlace[], width: number, height: number): void {
    const boxes = labels.map<LabelBox>((label, id) => ({
      id,
      x: label.x,
      y: label.y,
      gap: label.gap,
      width: label.text.length * GLYPH_WIDTH + 4,
      height: LINE_HEIGHT,
    }));
    const places = placeLabels(boxes, width, height);
    while (this.#elements.length < labels.length) this.#append();
    for (const [i, element] of this.#elements.entries()) {
      const label = labels[i];
      const left = places.get(i);
      if (label === undefined || left === undefined) {
        element.style.visibility = "hidden";
        continue;
      }
      if (element.textContent !== label.text) element.textContent = label.text;
      if (element.dataset["kind"] !== label.kind) element.dataset["kind"] = label.kind;
      const color = label.color ?? "";
      if (element.style.getPropertyValue("--body") !== color) {
        element.style.setProperty("--body", color);
      }
      element.style.transform = `translate(${left.toFixed(1)}px, ${(label.y - LINE_HEIGHT / 2).toFixed(1)}px)`;
      element.style.visibility = "visible";
    }
  }

  clear(): void {
    for (const element of this.#elements) element.remove();
    this.#elements.length = 0;
  }

  #append(): void {
    const element = document.createElement("span");
    const label = this.#elements.length;
    element.addEventListener("click", () => this.onPick(label));
    this.#elements.push(element);
    this.#layer.append(element);
  }
}
