/** What the viewport shows: an open simulation, or the initial state of one that is being set up. */
import type { Preset } from "../api/resources.ts";
import { FrameStore } from "../frames/frame-store.ts";
import { initialState } from "../presets/initial-state.ts";
import { isSeeded, type Setup } from "../presets/setup.ts";
import type { Session } from "../simulations/session.ts";
import { momentAt, type Moment } from "../playback/interpolation.ts";
import { wantsCompression } from "./radial-scale.ts";
import type { Bodies } from "./stage.ts";

export interface Subject {
  /** Changes when the stage has to be set up anew. */
  readonly key: string;
  /** Subjects of one scene follow each other without moving the camera. */
  readonly scene: string;
  readonly bodies: Bodies;
  readonly compressed: boolean;
  readonly preview: boolean;
  readonly store: FrameStore;
  moment: () => Moment | undefined;
  tick: (seconds: number) => void;
}

/** The initial state of what is being set up; undefined while its numbers make none. */
export function previewSubject(setup: Setup): Subject | undefined {
  const { preset } = setup;
  const state = initialState(
    preset.kind,
    isSeeded(preset) ? setup.particles : undefined,
    setup.seed,
  );
  if (state === undefined) return undefined;
  const { positions, velocities, masses } = state;
  const store = new FrameStore(masses.length, 2 * positions.byteLength, 2);
  const frame = { step: 0, time: 0, energyError: 0 };
  store.add({ ...frame, index: 0, positions });
  // A second frame one small step on gives every particle its speed, and with it its colour.
  const moved = positions.map((value, k) => value + setup.preset.dt * velocities[k]!);
  store.add({ ...frame, index: 1, positions: moved });
  const moment = momentAt(store, 0);
  const names = preset.names?.length === masses.length ? preset.names : [];
  return {
    scene: `new ${preset.kind}`,
    key: `preview ${preset.kind} ${masses.length} ${setup.seed}`,
    bodies: {
      particles: masses.length,
      viewRadius: preset.viewRadius,
      lengthUnit: preset.unitNames.length,
      names,
      masses,
      planar: isPlanar(positions),
    },
    compressed: names.length > 0 && wantsCompression(positions, 0),
    preview: true,
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
    scene: session.id,
    key: `${session.id} ${masses === undefined ? "plain" : "weighed"} ${preset?.kind ?? ""}`,
    bodies: {
      particles: simulation.particles,
      viewRadius: preset?.viewRadius ?? extentOf(first.positions),
      lengthUnit: preset?.unitNames.length ?? "",
      names,
      masses,
      planar: isPlanar(first.positions),
    },
    compressed: names.length > 0 && wantsCompression(first.positions, 0),
    preview: false,
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

/** Whether these are a few bodies that start in the xy plane; planets are not, by their inclinations. */
export function isPlanar(positions: Float32Array): boolean {
  if (positions.length > 3 * 8) return false;
  const heights = positions.filter((_, k) => k % 3 === 2);
  const farthest = positions.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return heights.every((z) => Math.abs(z) <= 1e-3 * farthest);
}
