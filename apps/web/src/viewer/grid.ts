/** Rings of round radii and a cross in the xy plane: the hint of scale and of which way is up. */
import { BufferAttribute, BufferGeometry, LineBasicMaterial, LineSegments, Color } from "three";
import { GRID, type Scheme } from "./palette.ts";
import { drawnRadius, ringRadii, type RadialMode } from "./radial-scale.ts";

const SEGMENTS = 160;

export interface Ring {
  /** In the simulation's length unit. */
  readonly radius: number;
  /** In view radii, after the radial scale. */
  readonly drawn: number;
}

export class Grid {
  readonly lines: LineSegments<BufferGeometry, LineBasicMaterial>;
  rings: readonly Ring[] = [];

  constructor() {
    const material = new LineBasicMaterial({
      transparent: true,
      depthTest: false,
      depthWrite: false,
    });
    this.lines = new LineSegments(new BufferGeometry(), material);
    this.lines.frustumCulled = false;
    this.lines.renderOrder = -1;
  }

  shape(mode: RadialMode, viewRadius: number): void {
    this.rings = ringRadii(mode, viewRadius).map((radius) => ({
      radius,
      drawn: drawnRadius(mode, radius / viewRadius),
    }));
    const points: number[] = [];
    for (const { drawn } of this.rings) {
      for (let s = 0; s < SEGMENTS; s += 1) {
        for (const end of [s, s + 1]) {
          const angle = (end / SEGMENTS) * 2 * Math.PI;
          points.push(drawn * Math.cos(angle), drawn * Math.sin(angle), 0);
        }
      }
    }
    const reach = (this.rings.at(-1)?.drawn ?? 1) * 1.04;
    points.push(-reach, 0, 0, reach, 0, 0, 0, -reach, 0, 0, reach, 0);
    this.lines.geometry.dispose();
    this.lines.geometry = new BufferGeometry();
    this.lines.geometry.setAttribute("position", new BufferAttribute(Float32Array.from(points), 3));
  }

  scheme(scheme: Scheme): void {
    const { color, alpha } = GRID[scheme];
    this.lines.material.color = new Color().setRGB(...color);
    this.lines.material.opacity = alpha;
  }

  dispose(): void {
    this.lines.geometry.dispose();
    this.lines.material.dispose();
  }
}
