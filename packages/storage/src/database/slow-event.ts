/** Tells who listens on the diagnostics channel "hotpath.storage.slow" of operations that took long. */
import { channel } from "node:diagnostics_channel";

export interface SlowEvent {
  readonly operation: "log write" | "checkpoint";
  readonly ms: number;
}

const slow = channel("hotpath.storage.slow");

export function tellIfSlow(operation: SlowEvent["operation"], ms: number, slowMs: number): void {
  if (ms < slowMs || !slow.hasSubscribers) return;
  const event: SlowEvent = { operation, ms };
  slow.publish(event);
}
