/** What the viewer can choose about the picture, and the choice that each kind of system opens with. */
import { batch, signal, type Signal } from "@preact/signals";
import type { RadialMode } from "./radial-scale.ts";
import type { ColourBy } from "./stage.ts";
import { MOST_TRAILS } from "./trails.ts";

export class ViewSettings {
  readonly mode: Signal<RadialMode> = signal("true");
  readonly colourBy: Signal<ColourBy> = signal("speed");
  readonly trails: Signal<boolean> = signal(true);
  readonly labels: Signal<boolean> = signal(true);
  readonly grid: Signal<boolean> = signal(true);
  readonly follow: Signal<number> = signal(-1);
  readonly turning: Signal<boolean> = signal(false);

  /** `compressed`: whether the system spans too many scales to be seen whole. */
  open(particles: number, compressed: boolean): void {
    const few = particles <= MOST_TRAILS;
    batch(() => {
      this.mode.value = compressed ? "compressed" : "true";
      this.colourBy.value = few ? "body" : "speed";
      this.follow.value = -1;
    });
  }
}
