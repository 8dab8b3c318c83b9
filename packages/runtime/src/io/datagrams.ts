/** Datagrams as the runtime sees them. Queueing and waiting are in `../net/udp-socket.ts`. */
import { createSocket } from "node:dgram";
import { isIPv6 } from "node:net";
import { IoError } from "./io-error.ts";
import { formatAddress, type Settle, type TcpAddress } from "./net.ts";

/** Host and port; the same as for TCP. */
export interface UdpAddress extends Omit<TcpAddress, "kind"> {
  readonly kind: "udp";
}

export interface DatagramSink {
  /** The memory is the sink's own. */
  received(data: Uint8Array, from: UdpAddress): void;
  failed(error: IoError): void;
}

export interface DatagramPort {
  readonly address: UdpAddress;
  /** The memory must not change until it is settled. */
  send(data: Uint8Array, to: UdpAddress, settle: Settle<void>): void;
  close(): void;
}

export interface Datagrams {
  /** Answers how to call it off. */
  bind(address: UdpAddress, sink: DatagramSink, settle: Settle<DatagramPort>): () => void;
}

export function formatUdp(address: UdpAddress): string {
  return formatAddress({ kind: "tcp", host: address.host, port: address.port });
}

export const nodeDatagrams: Datagrams = {
  bind: (address, sink, settle) => {
    const socket = createSocket(isIPv6(address.host) ? "udp6" : "udp4");
    let bound = false;
    let open = true;
    const close = (): void => {
      if (open) socket.close();
      open = false;
    };
    socket.on("error", (cause) => {
      if (!open) return;
      if (bound) return sink.failed(IoError.from("receive on", formatUdp(address), cause));
      close();
      settle(IoError.from("listen on", formatUdp(address), cause), undefined);
    });
    socket.on("message", (data, from) => {
      const { buffer, byteOffset, byteLength } = data;
      const bytes = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
      if (open) sink.received(bytes, { kind: "udp", host: from.address, port: from.port });
    });
    socket.bind(address.port, address.host, () => {
      if (!open) return;
      bound = true;
      const { address: host, port } = socket.address();
      const send: DatagramPort["send"] = (data, to, sent) => {
        socket.send(data, to.port, to.host, (cause) => {
          if (cause === null) sent(undefined, undefined);
          else sent(IoError.from("send to", formatUdp(to), cause), undefined);
        });
      };
      settle(undefined, { address: { kind: "udp", host, port }, send, close });
    });
    return close;
  },
};
