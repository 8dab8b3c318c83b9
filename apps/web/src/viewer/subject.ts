/** What the viewport shows: an open simulation, or the sketch of one that is being set up. */
import type { Preset } from "../api/resources.ts";
import { FrameStore } from "../frames/frame-store.ts";
import { sketchOf } from "../presets/sketch.ts";
import type { Setup } from "../presets/setup.ts";
import type { Session } from "../simulations/session.ts";
import { momentAt, type Moment } from "../playback/interpolation.ts";
import { wantsCompression } from "./radial-scale.ts";
import type { Bodies } from "./stage.ts";

/** More points than this make a sketch no better. */
const MOST_SKETCHED = 6000;

export interface Subject {
  readonly key: string;
  readonly bodies: Bodies;
  readonly compressed: boolean;
  readonly sketch: boolean;
  readonly store: FrameStore;
  moment: () => Moment | undefined;
  tick: (seconds: number) => void;
}

export function sketchSubject(setup: Setup): Subject {
  const { preset } = setup;
  const wanted = Number.isFinite(setup.particles) ? setup.particles : 2;
  const count = Math.max(2, Math.min(MOST_SKETCHED, wanted));
  const sketch = sketchOf(preset.kind, count, setup.seed);
  const particles = sketch.scalars.length;
  const store = new FrameStore(particles, sketch.positions.byteLength, 1);
  const positions = sketch.positions.map((value) => value * preset.viewRadius);
  store.add({ index: 0, step: 0, time: 0, energyError: 0, positions });
  const moment = momentAt(store, 0);
  return {
    key: `sketch ${preset.kind} ${particles} ${setup.seed}`,
    bodies: {
      particles,
      viewRadius: preset.viewRadius,
      lengthUnit: preset.unitNames.length,
      names: preset.names?.length === particles ? preset.names : [],
      masses: sketch.masses,
      scalars: sketch.scalars,
    },
    compressed: sketch.masses !== undefined,
    sketch: true,
    store,
    moment: () => moment,
    tick: () => {},
  };
}

/** Undefined until the first frame is there. */
export function sessionSubject(session: Session, preset: Preset | undefined): Subject | undefined {
  const simulation = session.simulation.value;
  const loaded = session.newest.value >= 0;
  const masses = session.masses.value;
  const store = session.store;
  const first = store?.at(0);
  if (simulation === undefined || !loaded || store === undefined || first === undefined) {
    return undefined;
  }
  const names = preset?.names?.length === simulation.particles ? preset.names : [];
  return {
    key: `${session.id} ${masses === undefined ? "plain" : "weighed"} ${preset?.kind ?? ""}`,
    bodies: {
      particles: simulation.particles,
      viewRadius: preset?.viewRadius ?? extentOf(first.positions),
      lengthUnit: preset?.unitNames.length ?? "",
      names,
      masses,
    },
    compressed: names.length > 0 && wantsCompression(first.positions, 0),
    sketch: false,
    store,
    moment: () => session.moment(),
    tick: (seconds) => session.tick(seconds),
  };
}

/** A view that holds nine tenths of the particles, with some room. */
export function extentOf(positions: Float32Array): number {
  const radii = Array.from({ length: positions.length / 3 }, (_, i) =>
    Math.hypot(positions[3 * i]!, positions[3 * i + 1]!, positions[3 * i + 2]!),
  ).sort((a, b) => a - b);
  const most = radii[Math.ceil(0.9 * (radii.length - 1))] ?? 0;
  return most > 0 ? 1.3 * most : 1;
}
