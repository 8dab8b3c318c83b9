/**
 * All particles as one draw call. Four attributes hold the four frames around the playhead; moving on
 * by one frame fills one of them and renames the others, so a step costs one upload of 12 bytes a particle.
 */
import {
  BufferAttribute,
  BufferGeometry,
  CustomBlending,
  DynamicDrawUsage,
  OneFactor,
  OneMinusSrcAlphaFactor,
  Points,
  ShaderMaterial,
  Vector2,
  Vector3,
  Vector4,
} from "three";
import type { Frame } from "../api/frames.ts";
import type { Moment } from "../playback/interpolation.ts";
import { RAMPS, type Rgb, type Scheme } from "./palette.ts";
import { POINT_FRAGMENT, POINT_VERTEX } from "./point-shader.ts";

export type Colouring = "speed" | "scalar" | "tint";

const COLOURING: Readonly<Record<Colouring, number>> = { speed: 0, scalar: 1, tint: 2 };

interface Slot {
  readonly attribute: BufferAttribute;
  frame: Frame | undefined;
}

export class PointCloud {
  readonly points: Points<BufferGeometry, ShaderMaterial>;
  readonly particles: number;
  readonly #slots: readonly Slot[];
  readonly #material: ShaderMaterial;
  readonly #geometry: BufferGeometry = new BufferGeometry();

  constructor(particles: number, few: boolean) {
    this.particles = particles;
    this.#slots = Array.from({ length: 4 }, () => {
      const attribute = new BufferAttribute(new Float32Array(3 * particles), 3);
      attribute.setUsage(DynamicDrawUsage);
      return { attribute, frame: undefined };
    });
    for (const [k, slot] of this.#slots.entries()) {
      this.#geometry.setAttribute(`p${k}`, slot.attribute);
    }
    this.#geometry.setAttribute("position", this.#slots[0]!.attribute);
    this.#attribute("scalar", new Float32Array(particles), 1);
    this.#attribute("girth", new Float32Array(particles).fill(1), 1);
    this.#attribute("tint", new Float32Array(3 * particles).fill(1), 3);
    this.#material = new ShaderMaterial({
      vertexShader: POINT_VERTEX,
      fragmentShader: POINT_FRAGMENT,
      transparent: true,
      depthTest: false,
      depthWrite: false,
      blending: CustomBlending,
      blendSrc: OneFactor,
      blendDst: OneFactor,
      uniforms: {
        positionWeights: { value: new Vector4(0, 1, 0, 0) },
        velocityWeights: { value: new Vector4() },
        centre: { value: new Vector3() },
        unit: { value: 1 },
        compressed: { value: 0 },
        pixels: { value: 1 },
        // A cloud's sprites have a size in space; few bodies have one on the screen.
        size: { value: few ? 17 : cloudSize(particles) },
        nearness: { value: few ? 0.25 : 1 },
        smallest: { value: few ? 5 : 2 },
        largest: { value: few ? 90 : 56 },
        speedRange: { value: new Vector2(-1, 1) },
        colouring: { value: 0 },
        ramp: { value: RAMPS.dark.map((color) => new Vector3(...color)) },
        opacity: { value: 1 },
        core: { value: few ? 0.34 : 0.24 },
        halo: { value: 0.5 },
        shine: { value: 0 },
      },
    });
    this.points = new Points(this.#geometry, this.#material);
    this.points.frustumCulled = false;
  }

  set(uniform: string, value: unknown): void {
    this.#material.uniforms[uniform]!.value = value;
  }

  place(centre: readonly [number, number, number], unit: number, compressed: boolean): void {
    (this.#material.uniforms["centre"]!.value as Vector3).set(...centre);
    this.set("unit", unit);
    this.set("compressed", compressed ? 1 : 0);
  }

  show(moment: Moment): void {
    const wanted = new Set<Frame>(moment.frames);
    const free = this.#slots.filter((slot) => slot.frame === undefined || !wanted.has(slot.frame));
    for (const [k, frame] of moment.frames.entries()) {
      let slot = this.#slots.find((candidate) => candidate.frame === frame);
      if (slot === undefined) {
        slot = free.pop()!;
        slot.frame = frame;
        slot.attribute.array.set(frame.positions.subarray(0, slot.attribute.array.length));
        slot.attribute.needsUpdate = true;
      }
      this.#geometry.setAttribute(`p${k}`, slot.attribute);
    }
    (this.#material.uniforms["positionWeights"]!.value as Vector4).set(...moment.weights.position);
    (this.#material.uniforms["velocityWeights"]!.value as Vector4).set(...moment.weights.velocity);
  }

  colour(colouring: Colouring, scalars?: Float32Array): void {
    this.set("colouring", COLOURING[colouring]);
    if (scalars !== undefined) this.#attribute("scalar", scalars, 1);
  }

  speeds(low: number, high: number): void {
    (this.#material.uniforms["speedRange"]!.value as Vector2).set(low, high);
  }

  girths(girths: Float32Array): void {
    this.#attribute("girth", girths, 1);
  }

  tints(tints: readonly Rgb[]): void {
    this.#attribute("tint", Float32Array.from(tints.flat()), 3);
  }

  /** Glow on a dark page (light adds up), ink on a light one (colour covers). */
  scheme(scheme: Scheme, few: boolean): void {
    const dark = scheme === "dark";
    this.#material.blendDst = dark ? OneFactor : OneMinusSrcAlphaFactor;
    this.set("halo", dark ? (few ? 0.55 : 0.34) : few ? 0.16 : 0.1);
    this.set("shine", dark && few ? 0.28 : 0);
    this.set("opacity", few ? 1 : cloudOpacity(this.particles, dark));
    this.set(
      "ramp",
      RAMPS[scheme].map((color) => new Vector3(...color)),
    );
    this.#material.needsUpdate = true;
  }

  dispose(): void {
    this.#geometry.dispose();
    this.#material.dispose();
  }

  #attribute(name: string, values: Float32Array, itemSize: number): void {
    this.#geometry.setAttribute(name, new BufferAttribute(values, itemSize));
  }
}

/** Sprites shrink as they become many, so that structure stays visible: CSS pixels at distance 1. */
function cloudSize(particles: number): number {
  return 38 * (1000 / Math.max(300, particles)) ** 0.36;
}

function cloudOpacity(particles: number, dark: boolean): number {
  return Math.min(dark ? 0.85 : 0.8, Math.max(0.2, 0.85 * (1000 / particles) ** 0.2));
}
