/**
 * A payment as bytes: its key is the 16 bytes of its id, its value
 *
 *     0     state    processor   attempts    amountMinor   acceptedAtMs   requestedAtMs   reason
 *           u8       u8, 255: none  u16      f64           f64            f64             UTF-8
 *     at    0        1           2           4             12             20              28
 */
import { PaymentsError } from "./errors.ts";
import type { Payment, PaymentId, PaymentState, StateKind } from "../payment/payment.ts";
import type { ProcessorIndex } from "../summary/leaf.ts";

const KINDS = ["accepted", "dispatched", "unknown", "settled", "rejected", "dead"] as const;
const NONE = 255;
const FIXED_BYTES = 28;
const MOST_ATTEMPTS = 65_535;

export function encodeId(id: PaymentId): Uint8Array {
  return Uint8Array.fromHex(id.replaceAll("-", ""));
}

export function decodeId(key: Uint8Array): PaymentId {
  const hex = key.toHex();
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return `${parts.join("-")}-${hex.slice(20)}`;
}

export function encodePayment({ amountMinor, acceptedAtMs, state, attempts }: Payment): Uint8Array {
  const reason = Buffer.from("reason" in state ? state.reason : "");
  const bytes = new Uint8Array(FIXED_BYTES + reason.length);
  const view = new DataView(bytes.buffer);
  const pin = state.kind === "dead" ? state.pinned : state;
  bytes[0] = KINDS.indexOf(state.kind);
  bytes[1] = pin !== undefined && "processor" in pin ? pin.processor : NONE;
  view.setUint16(2, Math.min(attempts, MOST_ATTEMPTS), true);
  view.setFloat64(4, amountMinor, true);
  view.setFloat64(12, acceptedAtMs, true);
  view.setFloat64(20, pin !== undefined && "requestedAtMs" in pin ? pin.requestedAtMs : 0, true);
  bytes.set(reason, FIXED_BYTES);
  return bytes;
}

export function decodePayment(key: Uint8Array, bytes: Uint8Array): Payment {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const kind = KINDS[view.getUint8(0)];
  if (kind === undefined) throw new PaymentsError("JOURNAL", `Payment ${decodeId(key)} is damaged`);
  const processor = view.getUint8(1) as ProcessorIndex | typeof NONE;
  const reason = Buffer.from(bytes.subarray(FIXED_BYTES)).toString();
  return {
    id: decodeId(key),
    attempts: view.getUint16(2, true),
    amountMinor: view.getFloat64(4, true),
    acceptedAtMs: view.getFloat64(12, true),
    state: stateOf(kind, processor, view.getFloat64(20, true), reason),
  };
}

function stateOf(
  kind: StateKind,
  at: ProcessorIndex | typeof NONE,
  requestedAtMs: number,
  reason: string,
): PaymentState {
  const processor = at === NONE ? 0 : at;
  switch (kind) {
    case "accepted":
      return { kind };
    case "dispatched":
    case "unknown":
    case "settled":
      return { kind, processor, requestedAtMs };
    case "rejected":
      return { kind, processor, reason };
    case "dead":
      return { kind, reason, pinned: at === NONE ? undefined : { processor, requestedAtMs } };
  }
}
