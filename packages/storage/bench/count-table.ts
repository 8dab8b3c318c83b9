/** The cheapest kind of table there is: it counts records. What is measured with it is the log. */
import type { Engine, EngineHost, TableDefinition, TableKind } from "@hotpath/storage";

export interface CountReads {
  /** Records that have been applied. */
  readonly records: number;
  readonly checksum: number;
}

export interface CountWrites {
  append(payload: Uint8Array): void;
}

class CountEngine implements Engine, CountReads {
  readonly #host: EngineHost;
  records = 0;
  checksum = 0;

  constructor(host: EngineHost) {
    this.#host = host;
  }

  apply(record: { readonly view: DataView; readonly at: number }): void {
    this.records++;
    this.checksum = (this.checksum + record.view.getUint32(record.at, true)) >>> 0;
  }

  rootCount(): number {
    return 0;
  }

  root(): number {
    return 0;
  }

  async checkpoint(): Promise<Uint8Array> {
    return Buffer.from(JSON.stringify([this.records, this.checksum]));
  }

  restore(state: Uint8Array): void {
    [this.records, this.checksum] = JSON.parse(Buffer.from(state).toString()) as [number, number];
  }

  reads(): CountReads {
    return this;
  }

  writes(table: number): CountWrites {
    const { records } = this.#host;
    return {
      append: (payload) => {
        const at = records.append(1, table, payload.length);
        records.bytes.set(payload, at);
      },
    };
  }
}

const kind: TableKind = { name: "count", createEngine: (host) => new CountEngine(host) };

export const counted: TableDefinition<CountReads, CountWrites> = {
  name: "counted",
  kind,
  schema: {},
};
