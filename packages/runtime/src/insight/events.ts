/**
 * Events on node:diagnostics_channel, for whoever subscribes; free (one flag a task) when nobody does.
 *
 * | channel                   | message                                     | when                        |
 * |---------------------------|---------------------------------------------|-----------------------------|
 * | hotpath.runtime.spawn     | { task }                                    | a task has been spawned     |
 * | hotpath.runtime.end       | { task, state, ageMs }                      | a task is over              |
 * | hotpath.runtime.detached  | { task, error }                             | a detached task has failed  |
 * | hotpath.runtime.stall     | { task, ms, stack }                         | a task keeps its thread     |
 */
import { channel, type Channel as DiagnosticsChannel } from "node:diagnostics_channel";

export const spawnEvent: DiagnosticsChannel = channel("hotpath.runtime.spawn");
export const endEvent: DiagnosticsChannel = channel("hotpath.runtime.end");
export const detachedEvent: DiagnosticsChannel = channel("hotpath.runtime.detached");
export const stallEvent: DiagnosticsChannel = channel("hotpath.runtime.stall");
