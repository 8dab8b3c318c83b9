/** Trails of a few bodies: ribbons of constant width on the screen that fade with age. */
import {
  BufferAttribute,
  BufferGeometry,
  CustomBlending,
  DynamicDrawUsage,
  Mesh,
  OneFactor,
  OneMinusSrcAlphaFactor,
  ShaderMaterial,
  Vector2,
  DoubleSide,
} from "three";
import type { FrameStore } from "../frames/frame-store.ts";
import type { Rgb, Scheme } from "./palette.ts";
import { momentsBehind, tracePath } from "./trail-path.ts";

/** More bodies than this get no trails: they would be a tangle, and cost more than the points. */
export const MOST_TRAILS = 64;
/** Samples in all, shared among the bodies: three bodies show whole closed curves, sixty a stretch. */
const SAMPLES_IN_ALL = 2400;
const MOST_SAMPLES = 640;

const VERTEX = /* glsl */ `
attribute vec3 ahead;
attribute float side;
attribute float age;
attribute vec3 tint;
uniform vec2 viewport;
uniform float width;
varying vec3 vColor;
varying float vAge;
void main() {
  vec4 here = projectionMatrix * modelViewMatrix * vec4(position, 1.0);
  vec4 next = projectionMatrix * modelViewMatrix * vec4(ahead, 1.0);
  vec2 along = (next.xy / next.w - here.xy / here.w) * viewport;
  float size = length(along);
  vec2 across = size > 1e-6 ? vec2(-along.y, along.x) / size : vec2(0.0);
  here.xy += across * side * width * (1.0 - 0.6 * age) / viewport * here.w;
  gl_Position = here;
  vColor = tint;
  vAge = age;
}
`;

const FRAGMENT = /* glsl */ `
precision highp float;
uniform float strength;
varying vec3 vColor;
varying float vAge;
void main() {
  float a = strength * pow(1.0 - vAge, 1.6);
  gl_FragColor = vec4(vColor * a, a);
}
`;

/** From a particle's position in the simulation to where it is drawn. */
export type Placer = (positions: Float32Array, at: number) => void;

export class Trails {
  readonly mesh: Mesh<BufferGeometry, ShaderMaterial>;
  readonly #particles: number;
  readonly #here: BufferAttribute;
  readonly #ahead: BufferAttribute;
  readonly #age: BufferAttribute;
  readonly #samples: number;
  readonly #path: Float32Array;

  constructor(particles: number) {
    this.#particles = particles;
    const samples = Math.min(MOST_SAMPLES, Math.floor(SAMPLES_IN_ALL / particles));
    this.#samples = samples;
    this.#path = new Float32Array(3 * (samples + 1));
    const vertices = particles * samples * 2;
    this.#here = dynamic(vertices, 3);
    this.#ahead = dynamic(vertices, 3);
    this.#age = dynamic(vertices, 1);
    const geometry = new BufferGeometry();
    geometry.setAttribute("position", this.#here);
    geometry.setAttribute("ahead", this.#ahead);
    geometry.setAttribute("age", this.#age);
    const sides = Float32Array.from({ length: vertices }, (_, v) => (v % 2 === 0 ? -1 : 1));
    geometry.setAttribute("side", new BufferAttribute(sides, 1));
    geometry.setIndex(ribbonIndex(particles, samples));
    const material = new ShaderMaterial({
      vertexShader: VERTEX,
      fragmentShader: FRAGMENT,
      transparent: true,
      depthTest: false,
      depthWrite: false,
      side: DoubleSide,
      blending: CustomBlending,
      blendSrc: OneFactor,
      blendDst: OneFactor,
      uniforms: {
        viewport: { value: new Vector2(1, 1) },
        width: { value: 2 },
        strength: { value: 0.8 },
      },
    });
    this.mesh = new Mesh(geometry, material);
    this.mesh.frustumCulled = false;
  }

  tints(tints: readonly Rgb[]): void {
    const perVertex = tints.flatMap((tint) =>
      Array.from({ length: this.#samples * 2 }, () => tint),
    );
    const values = Float32Array.from(perVertex.flat());
    this.mesh.geometry.setAttribute("tint", new BufferAttribute(values, 3));
  }

  scheme(scheme: Scheme): void {
    this.mesh.material.blendDst = scheme === "dark" ? OneFactor : OneMinusSrcAlphaFactor;
    this.mesh.material.uniforms["strength"]!.value = scheme === "dark" ? 0.62 : 0.85;
    this.mesh.material.needsUpdate = true;
  }

  viewport(width: number, height: number): void {
    (this.mesh.material.uniforms["viewport"]!.value as Vector2).set(width, height);
  }

  update(store: FrameStore, index: number, mostTurning: number, place: Placer): void {
    const perFrame = this.#particles > 24 ? 1 : 3;
    const moments = momentsBehind(store, index, this.#samples, perFrame);
    for (let i = 0; i < this.#particles; i += 1) {
      const samples = tracePath(moments, i, this.#path, mostTurning);
      for (let s = 0; s < samples; s += 1) place(this.#path, 3 * s);
      this.#write(i, samples);
    }
    this.#here.needsUpdate = true;
    this.#ahead.needsUpdate = true;
    this.#age.needsUpdate = true;
  }

  dispose(): void {
    this.mesh.geometry.dispose();
    this.mesh.material.dispose();
  }

  #write(i: number, samples: number): void {
    const here = this.#here.array;
    const ahead = this.#ahead.array;
    const path = this.#path;
    for (let s = 0; s < this.#samples; s += 1) {
      const from = 3 * Math.max(0, Math.min(s, samples - 1));
      // The direction at the oldest sample is that of its last leg: extrapolate it.
      const last = s >= samples - 1 && samples > 1;
      for (let twin = 0; twin < 2; twin += 1) {
        const v = (i * this.#samples + s) * 2 + twin;
        for (let axis = 0; axis < 3; axis += 1) {
          const value = path[from + axis]!;
          here[3 * v + axis] = value;
          const next = last ? 2 * value - path[from - 3 + axis]! : path[from + 3 + axis]!;
          ahead[3 * v + axis] = samples > 1 ? next : value;
        }
        this.#age.array[v] = samples > 1 ? Math.min(1, s / (samples - 1)) : 1;
      }
    }
  }
}

function dynamic(vertices: number, itemSize: number): BufferAttribute {
  const attribute = new BufferAttribute(new Float32Array(vertices * itemSize), itemSize);
  attribute.setUsage(DynamicDrawUsage);
  return attribute;
}

function ribbonIndex(particles: number, samples: number): BufferAttribute {
  const index = new Uint32Array(particles * (samples - 1) * 6);
  let at = 0;
  for (let i = 0; i < particles; i += 1) {
    for (let s = 0; s < samples - 1; s += 1) {
      const v = (i * samples + s) * 2;
      index.set([v, v + 1, v + 2, v + 2, v + 1, v + 3], at);
      at += 6;
    }
  }
  return new BufferAttribute(index, 1);
}
