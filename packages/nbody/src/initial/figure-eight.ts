/**
 * Three equal masses chasing each other along one figure of eight: Chenciner & Montgomery (2000),
 * Annals of Mathematics 152, 881; start values by C. Simó. G = 1, period 6.32591398.
 */
import { Bodies } from "../bodies/bodies.ts";
import { place } from "./frame.ts";

export const FIGURE_EIGHT_PERIOD = 6.32591398;

export function figureEight(): Bodies {
  const bodies = Bodies.allocate(3);
  const x = 0.97000436;
  const y = -0.24308753;
  const vx = -0.93240737;
  const vy = -0.86473146;
  place(bodies, 0, 1, [x, y, 0], [-vx / 2, -vy / 2, 0]);
  place(bodies, 1, 1, [-x, -y, 0], [-vx / 2, -vy / 2, 0]);
  place(bodies, 2, 1, [0, 0, 0], [vx, vy, 0]);
  return bodies;
}
