/** The gravity service's endpoints, one function each. */
import { decodeFrames, type DecodedFrames } from "./frames.ts";
import { decodeNpy } from "./npy.ts";
import { requestBytes, requestJson } from "./request.ts";
import type { Analysis, NewSimulation, Preset, Simulation } from "./resources.ts";

const BASE = "/api/v1/simulations";

export interface Offer {
  readonly presets: readonly Preset[];
  readonly integrators: readonly string[];
}

export function readOffer(signal?: AbortSignal): Promise<Offer> {
  return requestJson<Offer>("/api/v1/presets", { signal });
}

export async function listSimulations(
  limit: number,
  signal?: AbortSignal,
): Promise<readonly Simulation[]> {
  const path = `${BASE}?limit=${limit}`;
  return (await requestJson<{ simulations: readonly Simulation[] }>(path, { signal })).simulations;
}

/** Creates a simulation and answers its id. */
export async function createSimulation(body: NewSimulation, signal?: AbortSignal): Promise<string> {
  const created = await requestJson<{ simulation_id: string }>(BASE, {
    method: "POST",
    json: body,
    signal,
  });
  return created.simulation_id;
}

export function readSimulation(id: string, signal?: AbortSignal): Promise<Simulation> {
  return requestJson<Simulation>(pathOf(id), { signal });
}

export async function cancelSimulation(id: string, signal?: AbortSignal): Promise<void> {
  await requestJson<unknown>(pathOf(id), { method: "DELETE", signal });
}

/** Frames `from` to `to` - 1; the service may send fewer than asked. */
export async function readFrames(
  id: string,
  from: number,
  to: number,
  signal?: AbortSignal,
): Promise<DecodedFrames & { readonly recorded: number }> {
  const path = `${pathOf(id)}/frames?from=${from}&to=${to}`;
  const { bytes, headers } = await requestBytes(path, { signal });
  const recorded = Number(headers.get("x-hotpath-frames") ?? 0);
  return { ...decodeFrames(bytes), recorded };
}

/** Every particle's mass: the first column of the state. */
export async function readMasses(id: string, signal?: AbortSignal): Promise<Float32Array> {
  const { bytes } = await requestBytes(`${pathOf(id)}/state?format=npy`, { signal });
  const { rows, columns, values } = decodeNpy(bytes);
  return Float32Array.from({ length: rows }, (_, row) => values[row * columns]!);
}

export function readAnalysis(id: string, signal?: AbortSignal): Promise<Analysis> {
  return requestJson<Analysis>(`/results/${encodeURIComponent(id)}`, { signal });
}

export function pathOf(id: string): string {
  return `${BASE}/${encodeURIComponent(id)}`;
}
