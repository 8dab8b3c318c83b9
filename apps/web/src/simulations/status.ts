/** A simulation's state in one word, and whose colour it wears. */
import type { SimulationStatus } from "../api/resources.ts";

export const STATUS_WORDS: Readonly<Record<SimulationStatus, string>> = {
  accepted: "Waiting",
  running: "Running",
  successful: "Successful",
  failed: "Failed",
  dismissed: "Cancelled",
};
