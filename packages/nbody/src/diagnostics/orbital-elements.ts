/**
 * Keplerian elements of a relative orbit, and back. Angles in radians.
 * Murray & Dermott (1999), Solar System Dynamics, §2.8; the parabola is not covered.
 */
import type { Vector } from "./diagnostics.ts";

export interface OrbitalElements {
  /** a; negative for a hyperbola. */
  readonly semiMajorAxis: number;
  readonly eccentricity: number;
  /** 0 … π. */
  readonly inclination: number;
  /** Ω, 0 … 2π; 0 for an orbit in the reference plane. */
  readonly ascendingNode: number;
  /** ω, 0 … 2π; from the x axis where there is no node, 0 for a circle. */
  readonly argumentOfPericentre: number;
  /** f, from pericentre; from the node, or the x axis, for a circle. */
  readonly trueAnomaly: number;
}

/** Below this an eccentricity or a sine of inclination has no direction. */
const TINY = 1e-14;

/**
 * Elements of the motion `position`, `velocity` about a body at the origin, with μ = G (m₁ + m₂).
 * Throws RangeError for a radial orbit, which has no plane, and for an exact parabola.
 */
export function elementsOf(position: Vector, velocity: Vector, mu: number): OrbitalElements {
  const r = length(position);
  const h = cross(position, velocity);
  const hLength = length(h);
  if (!(hLength > 0)) throw new RangeError("a radial orbit has no orbital elements");
  const energy = dot(velocity, velocity) / 2 - mu / r;
  if (energy === 0) throw new RangeError("a parabola has no semi-major axis");
  const vxh = cross(velocity, h);
  const e = [0, 1, 2].map((k) => vxh[k]! / mu - position[k]! / r) as unknown as Vector;
  const eccentricity = length(e);
  const node: Vector = [-h[1], h[0], 0];
  const hasNode = Math.hypot(h[0], h[1]) > TINY * hLength;
  const nodeDirection: Vector = hasNode ? unit(node) : [1, 0, 0];
  const hasPericentre = eccentricity > TINY;
  const pericentre: Vector = hasPericentre ? unit(e) : nodeDirection;
  const normal = unit(h);
  return {
    semiMajorAxis: -mu / (2 * energy),
    eccentricity,
    inclination: Math.atan2(Math.hypot(h[0], h[1]), h[2]),
    ascendingNode: hasNode ? positive(Math.atan2(h[0], -h[1])) : 0,
    argumentOfPericentre: hasPericentre ? positive(angle(nodeDirection, pericentre, normal)) : 0,
    trueAnomaly: positive(angle(pericentre, position, normal)),
  };
}

/** Relative position and velocity of an orbit. */
export function stateOf(
  elements: OrbitalElements,
  mu: number,
): { readonly position: Vector; readonly velocity: Vector } {
  const { semiMajorAxis, eccentricity, trueAnomaly } = elements;
  const parameter = semiMajorAxis * (1 - eccentricity * eccentricity);
  if (!(parameter > 0))
    throw new RangeError("semi-major axis and eccentricity contradict each other");
  const cos = Math.cos(trueAnomaly);
  const sin = Math.sin(trueAnomaly);
  const r = parameter / (1 + eccentricity * cos);
  if (!(r > 0)) throw new RangeError("the true anomaly lies beyond the asymptote");
  const speed = Math.sqrt(mu / parameter);
  return {
    position: rotate([r * cos, r * sin, 0], elements),
    velocity: rotate([-speed * sin, speed * (eccentricity + cos), 0], elements),
  };
}

/** M from f, for an ellipse or a hyperbola. */
export function meanAnomaly({ eccentricity: e, trueAnomaly: f }: OrbitalElements): number {
  if (e < 1) {
    const eccentric = Math.atan2(Math.sqrt(1 - e * e) * Math.sin(f), e + Math.cos(f));
    return positive(eccentric - e * Math.sin(eccentric));
  }
  const hyperbolic = 2 * Math.atanh(Math.sqrt((e - 1) / (e + 1)) * Math.tan(f / 2));
  return e * Math.sinh(hyperbolic) - hyperbolic;
}

/** 2π √(a³/μ); Infinity for a hyperbola. */
export function orbitalPeriod({ semiMajorAxis: a }: OrbitalElements, mu: number): number {
  return a > 0 ? 2 * Math.PI * Math.sqrt((a * a * a) / mu) : Infinity;
}

function rotate(v: Vector, elements: OrbitalElements): Vector {
  const { inclination, ascendingNode, argumentOfPericentre } = elements;
  const [x1, y1] = turn(v[0], v[1], argumentOfPericentre);
  const [y2, z2] = turn(y1, v[2], inclination);
  const [x3, y3] = turn(x1, y2, ascendingNode);
  return [x3, y3, z2];
}

function turn(a: number, b: number, by: number): readonly [number, number] {
  const cos = Math.cos(by);
  const sin = Math.sin(by);
  return [cos * a - sin * b, sin * a + cos * b];
}

/** From `from` to `to`, counted about `normal`. */
function angle(from: Vector, to: Vector, normal: Vector): number {
  return Math.atan2(dot(cross(from, to), normal), dot(from, to));
}

function positive(value: number): number {
  return value < 0 ? value + 2 * Math.PI : value;
}

function dot(a: Vector, b: Vector): number {
  return a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
}

function cross(a: Vector, b: Vector): Vector {
  return [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
}

function length(v: Vector): number {
  return Math.hypot(v[0], v[1], v[2]);
}

function unit(v: Vector): Vector {
  const by = length(v);
  return [v[0] / by, v[1] / by, v[2] / by];
}
