/** `window.hotpathView`: what a test, or a curious person at the console, can read of the picture. */
import { positionsAt, type Moment } from "../playback/interpolation.ts";

export interface ShownFrame {
  /** The playhead, in frames. */
  readonly index: number;
  readonly time: number;
  /** Interpolated x, y, z of every particle, in the simulation's units. */
  readonly positions: Float32Array;
}

declare global {
  interface Window {
    hotpathView?: { frame: () => ShownFrame | undefined };
  }
}

export function expose(moment: () => Moment | undefined): void {
  window.hotpathView = {
    frame: () => {
      const shown = moment();
      if (shown === undefined) return undefined;
      return { index: shown.index, time: shown.time, positions: positionsAt(shown) };
    },
  };
}
