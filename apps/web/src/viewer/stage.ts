/**
 * The 3D scene: camera, grid, particles, trails and labels, drawn on demand. Lengths in the scene are
 * in view radii (the preset's `viewRadius` is 1), so one camera serves atoms and galaxies.
 *
 * Owns everything it gives the GPU; `dispose` lets go of it. It never asks for animation frames: the
 * component that shows it calls `render` and is told whether something still moves.
 */
import { PerspectiveCamera, Scene, Vector3, WebGLRenderer } from "three";
import type { FrameStore } from "../frames/frame-store.ts";
import { positionAt, type Moment } from "../playback/interpolation.ts";
import { quantity } from "../format/quantity.ts";
import {
  byMass,
  cloudGirthsOf,
  girthsOf,
  heaviestOf,
  massScalars,
  orderScalars,
} from "./body-style.ts";
import { Grid } from "./grid.ts";
import { LabelLayer, type LabelPlace } from "./label-layer.ts";
import { approached, eyeOf, HOME, rotated, type Pose } from "./orbit-camera.ts";
import { bodyColor, type Scheme } from "./palette.ts";
import { PointCloud } from "./point-cloud.ts";
import { radialFactor, type RadialMode } from "./radial-scale.ts";
import { drifted, speedRange, type SpeedRange } from "./speed-range.ts";
import { CURVE_TURNING, MOST_TURNING } from "./trail-path.ts";
import { MOST_TRAILS, Trails } from "./trails.ts";

export type ColourBy = "speed" | "mass" | "order" | "body";

export interface Bodies {
  readonly particles: number;
  readonly viewRadius: number;
  readonly lengthUnit: string;
  readonly names: readonly string[];
  readonly masses: Float32Array | undefined;
  /** A few bodies in the xy plane: seen from above, with trails long enough to close. */
  readonly planar: boolean;
}

export interface StageOptions {
  readonly mode: RadialMode;
  readonly colourBy: ColourBy;
  readonly trails: boolean;
  readonly labels: boolean;
  readonly grid: boolean;
  /** Index of the body that the camera keeps in the middle, or -1. */
  readonly follow: number;
  readonly scheme: Scheme;
  readonly still: boolean;
  /** Radians a second by which the camera turns of itself. */
  readonly turning: number;
}

const FIELD_OF_VIEW = (40 / 180) * Math.PI;
const MOST_PIXEL_RATIO = 2;
const FROM_ABOVE = 1.12;

export class Stage {
  readonly fieldOfView: number = FIELD_OF_VIEW;
  readonly #renderer: WebGLRenderer;
  readonly #scene = new Scene();
  readonly #camera = new PerspectiveCamera((FIELD_OF_VIEW * 180) / Math.PI, 1, 0.001, 200);
  readonly #grid = new Grid();
  readonly #labels: LabelLayer;
  readonly #scratch = new Float32Array(3);
  readonly #projected = new Vector3();
  #cloud: PointCloud | undefined;
  #trails: Trails | undefined;
  #bodies: Bodies | undefined;
  #options: StageOptions | undefined;
  #moment: Moment | undefined;
  #store: FrameStore | undefined;
  #speeds: SpeedRange | undefined;
  #home: Pose = HOME;
  #goal: Pose = HOME;
  #shown: Pose = HOME;
  #labelOrder: readonly number[] = [];
  #width = 1;
  #height = 1;
  #dirty = true;

  constructor(canvas: HTMLCanvasElement, labels: HTMLElement, onPick: (body: number) => void) {
    this.#renderer = new WebGLRenderer({
      canvas,
      alpha: true,
      antialias: true,
      powerPreference: "high-performance",
    });
    this.#renderer.setClearColor(0x000000, 0);
    this.#camera.up.set(0, 0, 1);
    this.#scene.add(this.#grid.lines);
    this.#labels = new LabelLayer(labels);
    this.#labels.onPick = (label) => {
      const body = this.#labelOrder[label];
      if (body !== undefined) onPick(body);
    };
    canvas.addEventListener("webglcontextrestored", () => (this.#dirty = true));
  }

  resize(width: number, height: number): void {
    this.#width = Math.max(1, width);
    this.#height = Math.max(1, height);
    this.#renderer.setPixelRatio(Math.min(MOST_PIXEL_RATIO, globalThis.devicePixelRatio || 1));
    this.#renderer.setSize(this.#width, this.#height, false);
    this.#camera.aspect = this.#width / this.#height;
    this.#trails?.viewport(this.#width, this.#height);
    this.#dirty = true;
  }

  /** Replaces what is shown. The camera goes home unless it is the same set of bodies refined. */
  open(bodies: Bodies, keepCamera: boolean): void {
    this.#closeBodies();
    const few = bodies.particles <= MOST_TRAILS;
    this.#bodies = bodies;
    this.#cloud = new PointCloud(bodies.particles, few);
    if (bodies.masses?.length === bodies.particles) {
      this.#cloud.girths(few ? girthsOf(bodies.masses) : cloudGirthsOf(bodies.masses));
    }
    this.#scene.add(this.#cloud.points);
    if (few) {
      this.#trails = new Trails(bodies.particles);
      this.#trails.viewport(this.#width, this.#height);
      this.#scene.add(this.#trails.mesh);
    }
    this.#speeds = undefined;
    this.#moment = undefined;
    this.#store = undefined;
    if (!keepCamera) {
      this.#home = bodies.planar ? { ...HOME, elevation: FROM_ABOVE } : HOME;
      this.#goal = this.#home;
      this.#shown = this.#home;
    }
    if (this.#options !== undefined) this.set(this.#options);
  }

  /** Shows nothing but the empty grid. */
  close(): void {
    this.#closeBodies();
    this.#bodies = undefined;
    this.#moment = undefined;
    this.#store = undefined;
    this.#dirty = true;
  }

  set(options: StageOptions): void {
    const followed = this.#options?.follow ?? -1;
    this.#options = options;
    this.#dirty = true;
    this.#grid.scheme(options.scheme);
    this.#grid.lines.visible = options.grid;
    const bodies = this.#bodies;
    const cloud = this.#cloud;
    if (bodies === undefined || cloud === undefined) return;
    const few = bodies.particles <= MOST_TRAILS;
    this.#grid.shape(options.mode, bodies.viewRadius);
    cloud.scheme(options.scheme, few);
    if (few) {
      const tints = Array.from({ length: bodies.particles }, (_, i) =>
        bodyColor(options.scheme, bodies.names[i], i),
      );
      cloud.tints(tints);
      this.#trails?.tints(tints);
      this.#trails?.scheme(options.scheme);
    }
    this.#colour(cloud, bodies, options);
    if (options.follow < 0 && followed >= 0) this.#goal = { ...this.#goal, target: [0, 0, 0] };
  }

  show(moment: Moment, store: FrameStore): void {
    this.#moment = moment;
    this.#store = store;
    this.#dirty = true;
  }

  move(change: (pose: Pose) => Pose): void {
    this.#goal = change(this.#goal);
    this.#dirty = true;
  }

  home(): void {
    this.move((pose) => ({ ...this.#home, target: this.#following() ? pose.target : [0, 0, 0] }));
  }

  /** Draws if anything changed. */
  render(seconds: number): void {
    const options = this.#options;
    if (options === undefined) return;
    if (options.turning !== 0 && !options.still) {
      const turned = (pose: Pose): Pose => rotated(pose, options.turning * seconds, 0);
      this.#goal = turned(this.#goal);
      this.#shown = turned(this.#shown);
      this.#dirty = true;
    }
    if (this.#shown !== this.#goal) {
      this.#shown = approached(this.#shown, this.#goal, seconds, options.still);
      this.#dirty = true;
    }
    if (!this.#dirty) return;
    this.#dirty = false;
    this.#pose(options);
    this.#drawLabels(options);
    this.#renderer.render(this.#scene, this.#camera);
  }

  dispose(): void {
    this.#closeBodies();
    this.#grid.dispose();
    this.#labels.clear();
    this.#renderer.dispose();
  }

  #closeBodies(): void {
    for (const part of [this.#cloud, this.#trails]) part?.dispose();
    if (this.#cloud !== undefined) this.#scene.remove(this.#cloud.points);
    if (this.#trails !== undefined) this.#scene.remove(this.#trails.mesh);
    this.#cloud = undefined;
    this.#trails = undefined;
  }

  #colour(cloud: PointCloud, bodies: Bodies, options: StageOptions): void {
    const { masses, particles } = bodies;
    if (options.colourBy === "speed") cloud.colour("speed");
    else if (options.colourBy === "body") cloud.colour("tint");
    else if (options.colourBy === "mass" && masses !== undefined) {
      cloud.colour("scalar", massScalars(masses));
    } else cloud.colour("scalar", orderScalars(particles));
  }

  #pose(options: StageOptions): void {
    const bodies = this.#bodies;
    const moment = this.#moment;
    const unit = 1 / (bodies?.viewRadius ?? 1);
    if (bodies !== undefined && moment !== undefined && this.#cloud !== undefined) {
      const centre = this.#centre(bodies, moment, options);
      this.#cloud.place(centre, unit, options.mode === "compressed");
      this.#cloud.set("pixels", this.#renderer.getPixelRatio());
      this.#cloud.show(moment);
      const speeds = speedRange(moment);
      if (speeds !== undefined) {
        this.#speeds = drifted(this.#speeds, speeds);
        this.#cloud.speeds(...this.#speeds);
      }
      if (options.follow >= 0 && options.follow < bodies.particles) {
        positionAt(moment, options.follow, this.#scratch);
        this.#place(this.#scratch, 0, centre, unit, options.mode);
        const [x, y, z] = this.#scratch as unknown as [number, number, number];
        this.#goal = { ...this.#goal, target: [x, y, z] };
        this.#shown = { ...this.#shown, target: [x, y, z] };
      }
      this.#drawTrails(options, moment, centre, unit);
    }
    const { distance, target } = this.#shown;
    this.#camera.near = distance * 0.01;
    this.#camera.far = distance * 4 + 100;
    // On a tall, narrow canvas the same radius has to fit the width.
    const narrow = Math.max(1, 1.2 / this.#camera.aspect);
    this.#camera.zoom = 1 / narrow;
    this.#camera.updateProjectionMatrix();
    this.#camera.position.set(...eyeOf(this.#shown));
    this.#camera.lookAt(...(target as [number, number, number]));
    this.#camera.updateMatrixWorld();
  }

  #drawTrails(
    options: StageOptions,
    moment: Moment,
    centre: readonly [number, number, number],
    unit: number,
  ): void {
    const trails = this.#trails;
    if (trails === undefined) return;
    trails.mesh.visible = options.trails && this.#store !== undefined && this.#store.length > 1;
    if (!trails.mesh.visible) return;
    const turning = this.#bodies?.planar === true ? CURVE_TURNING : MOST_TURNING;
    trails.update(this.#store!, moment.index, turning, (positions, at) =>
      this.#place(positions, at, centre, unit, options.mode),
    );
  }

  #centre(bodies: Bodies, moment: Moment, options: StageOptions): [number, number, number] {
    if (options.mode === "true") return [0, 0, 0];
    positionAt(moment, heaviestOf(bodies.masses), this.#scratch);
    return [this.#scratch[0]!, this.#scratch[1]!, this.#scratch[2]!];
  }

  #place(
    positions: Float32Array,
    at: number,
    centre: readonly [number, number, number],
    unit: number,
    mode: RadialMode,
  ): void {
    const x = (positions[at]! - centre[0]) * unit;
    const y = (positions[at + 1]! - centre[1]) * unit;
    const z = (positions[at + 2]! - centre[2]) * unit;
    const factor = radialFactor(mode, Math.hypot(x, y, z));
    positions[at] = x * factor;
    positions[at + 1] = y * factor;
    positions[at + 2] = z * factor;
  }

  #drawLabels(options: StageOptions): void {
    const labels: LabelPlace[] = [];
    const bodies = this.#bodies;
    if (bodies !== undefined && options.labels) {
      this.#labelOrder = byMass(bodies.names.length, bodies.masses);
      if (this.#moment !== undefined) this.#nameBodies(labels, bodies, this.#moment, options);
    }
    if (options.grid) this.#nameRings(labels);
    this.#labels.update(labels, this.#width, this.#height);
  }

  #nameBodies(labels: LabelPlace[], bodies: Bodies, moment: Moment, options: StageOptions): void {
    const unit = 1 / bodies.viewRadius;
    const centre = this.#centre(bodies, moment, options);
    const girths = bodies.masses === undefined ? undefined : girthsOf(bodies.masses);
    for (const i of this.#labelOrder) {
      positionAt(moment, i, this.#scratch);
      this.#place(this.#scratch, 0, centre, unit, options.mode);
      const at = this.#project(this.#scratch[0]!, this.#scratch[1]!, this.#scratch[2]!);
      const [r, g, b] = bodyColor(options.scheme, bodies.names[i], i).map((c) => c * 255);
      labels.push({
        text: bodies.names[i] ?? "",
        x: at?.x ?? -1e4,
        y: at?.y ?? -1e4,
        gap: 6 + 2.4 * (girths?.[i] ?? 1),
        kind: "body",
        color: `rgb(${r} ${g} ${b})`,
      });
    }
  }

  #nameRings(labels: LabelPlace[]): void {
    const angle = this.#shown.azimuth + 0.62;
    const unit = this.#bodies?.lengthUnit ?? "";
    for (const ring of [...this.#grid.rings].reverse()) {
      const at = this.#project(ring.drawn * Math.cos(angle), ring.drawn * Math.sin(angle), 0);
      if (at === undefined) continue;
      const text = `${quantity(ring.radius)} ${unit}`.trim();
      labels.push({ text, x: at.x, y: at.y + 9, gap: 2, kind: "ring" });
    }
  }

  #project(x: number, y: number, z: number): { x: number; y: number } | undefined {
    const point = this.#projected.set(x, y, z).project(this.#camera);
    if (point.z < -1 || point.z > 1) return undefined;
    return { x: ((point.x + 1) / 2) * this.#width, y: ((1 - point.y) / 2) * this.#height };
  }

  #following(): boolean {
    return (this.#options?.follow ?? -1) >= 0;
  }
}
