/** What happens when bodies touch, and the part of a system that sees to it. */
import type { Bodies } from "../bodies/bodies.ts";
import { ContactDetector, type Contact } from "./detect.ts";
import { bounce, merge } from "./resolve.ts";

/** "none": bodies pass through each other. "halt": the run stops with NbodyError "collision". */
export type CollisionRule = "none" | "halt" | "merge" | "bounce";

export const COLLISION_RULES: readonly CollisionRule[] = ["none", "halt", "merge", "bounce"];

/** What the collisions of a run came to. */
export interface CollisionCount {
  /** Bodies that have been merged into others. */
  readonly merged: number;
  readonly bounces: number;
}

export class Collisions {
  readonly rule: CollisionRule;
  readonly restitution: number;
  readonly #bodies: Bodies;
  readonly #detector: ContactDetector;
  merged = 0;
  bounces = 0;

  constructor(bodies: Bodies, rule: CollisionRule, restitution: number) {
    this.rule = rule;
    this.restitution = restitution;
    this.#bodies = bodies;
    this.#detector = new ContactDetector(bodies);
  }

  /** Takes the present positions as the last ones. */
  forget(): void {
    this.#detector.forget();
  }

  /** The contacts since the last look. */
  contacts(): Contact[] {
    return this.#detector.contacts();
  }

  /** Applies the rule to contacts over the last h of time, and looks away: the next look starts here. */
  resolve(contacts: readonly Contact[], h: number): boolean {
    let changes = 0;
    if (this.rule === "merge") {
      changes = merge(this.#bodies, contacts);
      this.merged += changes;
    } else if (this.rule === "bounce") {
      changes = bounce(this.#bodies, contacts, this.#detector, h, this.restitution);
      this.bounces += changes;
    }
    this.#detector.forget();
    return changes > 0;
  }
}
