/**
 * A camera that circles a target, z up. Inputs move a goal; the shown pose follows it with a short
 * exponential lag (none where the user prefers reduced motion). Plain numbers, no DOM, no three.js.
 */
export interface Pose {
  /** Azimuth around z, radians. */
  readonly azimuth: number;
  /** Height above the xy plane, radians, -π/2 to π/2. */
  readonly elevation: number;
  /** From the target, in view radii. */
  readonly distance: number;
  readonly target: readonly [number, number, number];
}

export const MOST_ELEVATION = Math.PI / 2 - 0.01;
const NEAREST = 2e-6;
const FARTHEST = 60;
const LAG_S = 0.09;

export const HOME: Pose = { azimuth: -1.05, elevation: 0.6, distance: 2.6, target: [0, 0, 0] };

export function rotated(pose: Pose, azimuth: number, elevation: number): Pose {
  return {
    ...pose,
    azimuth: pose.azimuth + azimuth,
    elevation: clamp(pose.elevation + elevation, -MOST_ELEVATION, MOST_ELEVATION),
  };
}

/** factor > 1 moves away. */
export function zoomed(pose: Pose, factor: number): Pose {
  return { ...pose, distance: clamp(pose.distance * factor, NEAREST, FARTHEST) };
}

/** Moves the target in the plane of the screen; `right` and `up` in screen heights. */
export function panned(pose: Pose, right: number, up: number, fieldOfView: number): Pose {
  const reach = 2 * pose.distance * Math.tan(fieldOfView / 2);
  const [rx, ry] = [-Math.sin(pose.azimuth), Math.cos(pose.azimuth)];
  const lift = Math.sin(pose.elevation);
  const up3 = [
    -lift * Math.cos(pose.azimuth),
    -lift * Math.sin(pose.azimuth),
    Math.cos(pose.elevation),
  ] as const;
  const [x, y, z] = pose.target;
  return {
    ...pose,
    target: [
      x - reach * (right * rx + up * up3[0]),
      y - reach * (right * ry + up * up3[1]),
      z - reach * up * up3[2],
    ],
  };
}

/** The eye's place. */
export function eyeOf(pose: Pose): [number, number, number] {
  const flat = pose.distance * Math.cos(pose.elevation);
  return [
    pose.target[0] + flat * Math.cos(pose.azimuth),
    pose.target[1] + flat * Math.sin(pose.azimuth),
    pose.target[2] + pose.distance * Math.sin(pose.elevation),
  ];
}

/** `shown` moved towards `goal` over `seconds`; equal to it once the rest cannot be seen. */
export function approached(shown: Pose, goal: Pose, seconds: number, still: boolean): Pose {
  if (still) return goal;
  const share = 1 - Math.exp(-seconds / LAG_S);
  const between = (a: number, b: number): number => a + (b - a) * share;
  const distance = shown.distance * (goal.distance / shown.distance) ** share;
  const near =
    Math.abs(goal.azimuth - shown.azimuth) < 1e-4 &&
    Math.abs(goal.elevation - shown.elevation) < 1e-4 &&
    Math.abs(goal.distance / shown.distance - 1) < 1e-4 &&
    goal.target.every((value, k) => Math.abs(value - shown.target[k]!) < 1e-5 * goal.distance);
  if (near) return goal;
  return {
    azimuth: between(shown.azimuth, goal.azimuth),
    elevation: between(shown.elevation, goal.elevation),
    distance,
    target: [
      between(shown.target[0], goal.target[0]),
      between(shown.target[1], goal.target[1]),
      between(shown.target[2], goal.target[2]),
    ],
  };
}

function clamp(value: number, low: number, high: number): number {
  return Math.min(high, Math.max(low, value));
}
