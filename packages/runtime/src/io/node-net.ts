/** The real network: the host's handles where this Node has them, node:net elsewhere. */
import { handleNet } from "./handle-net.ts";
import type { Net } from "./net.ts";
import { socketNet } from "./socket-net.ts";

export function nodeNet(): Net {
  return handleNet() ?? socketNet;
}
