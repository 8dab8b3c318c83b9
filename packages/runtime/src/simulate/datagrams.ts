/** Datagrams on the simulated network: lost, doubled and overtaken as often as the conditions say. */
import {
  formatUdp,
  type DatagramPort,
  type Datagrams,
  type DatagramSink,
  type UdpAddress,
} from "../io/datagrams.ts";
import { IoError } from "../io/io-error.ts";
import type { Settle } from "../io/net.ts";
import type { SimulatedNetwork } from "./network.ts";

export class SimulatedDatagrams implements Datagrams {
  readonly #network: SimulatedNetwork;
  readonly #bound = new Map<string, DatagramSink>();
  #nextPort = 32_768;

  constructor(network: SimulatedNetwork) {
    this.#network = network;
  }

  bind(address: UdpAddress, sink: DatagramSink, settle: Settle<DatagramPort>): () => void {
    const port = address.port === 0 ? this.#nextPort++ : address.port;
    const own: UdpAddress = { ...address, port };
    const key = formatUdp(own);
    const taken = this.#bound.has(key);
    let open = true;
    const close = (): void => {
      if (open && !taken) this.#bound.delete(key);
      open = false;
    };
    if (!taken) this.#bound.set(key, sink);
    const send: DatagramPort["send"] = (data, to, sent) => {
      const { lossChance, duplicateChance } = this.#network.conditions;
      if (!this.#network.chance(lossChance)) this.#deliver(own, to, new Uint8Array(data));
      if (this.#network.chance(duplicateChance)) this.#deliver(own, to, new Uint8Array(data));
      this.#network.later(0, () => sent(undefined, undefined));
    };
    this.#network.later(0, () => {
      if (!open) return;
      if (taken) settle(new IoError("listen on", key, "EADDRINUSE"), undefined);
      else settle(undefined, { address: own, send, close });
    });
    return close;
  }

  /** Each takes its own time, so they overtake one another; between parted hosts they are lost. */
  #deliver(from: UdpAddress, to: UdpAddress, data: Uint8Array): void {
    if (this.#network.parted(from.host, to.host)) return;
    this.#network.later(this.#network.latencyMs(), () => {
      this.#bound.get(formatUdp(to))?.received(data, from);
    });
  }
}
