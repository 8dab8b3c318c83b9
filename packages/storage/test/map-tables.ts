/** The smallest kind of table: a map from strings to numbers, whole in memory and whole in every checkpoint. */
import type {
  Engine,
  EngineHost,
  LogRecord,
  SnapshotView,
  TableDefinition,
  TableKind,
} from "../src/engine/engine.ts";

export interface MapReads {
  value(key: string): number | undefined;
  entries(): [string, number][];
}

export interface MapWrites {
  /** The number that the running transaction will have. */
  readonly commit: number;
  put(key: string, value: number): void;
  remove(key: string): void;
  value(key: string): number | undefined;
}

const PUT = 1;
const REMOVE = 2;

/** One value of a key, from a commit on. */
interface Version {
  readonly commit: number;
  readonly value: number | undefined;
}

class MapEngine implements Engine {
  readonly #host: EngineHost;
  readonly #tables = new Map<number, Map<string, Version[]>>();

  constructor(host: EngineHost) {
    this.#host = host;
    for (const { number } of host.tables) this.#tables.set(number, new Map());
  }

  apply(record: LogRecord, commit: number): void {
    const key = Buffer.from(record.bytes.subarray(record.at + 8, record.at + record.sizeBytes));
    const value = record.type === PUT ? record.view.getFloat64(record.at, true) : undefined;
    const table = this.#tables.get(record.table)!;
    const versions = table.get(key.toString()) ?? [];
    table.set(key.toString(), versions);
    versions.push({ commit, value });
  }

  rootCount(): number {
    return 1;
  }

  root(table: number): number {
    return this.#tables.get(table)!.size;
  }

  async checkpoint(): Promise<Uint8Array> {
    const state = [...this.#tables].map(([number, table]) => [
      number,
      [...table].map(([key, versions]) => [key, versions.at(-1)]),
    ]);
    return Buffer.from(JSON.stringify(state));
  }

  restore(state: Uint8Array): void {
    const tables = JSON.parse(Buffer.from(state).toString()) as [number, [string, Version][]][];
    for (const [number, entries] of tables) {
      const table = new Map(entries.map(([key, version]) => [key, [version]]));
      this.#tables.set(number, table);
    }
  }

  reads(number: number, view: () => SnapshotView): MapReads {
    const value = (key: string): number | undefined => {
      const { commit } = view();
      const versions = this.#tables.get(number)!.get(key);
      return versions?.findLast((version) => version.commit <= commit)?.value;
    };
    return {
      value,
      entries: () =>
        [...this.#tables.get(number)!.keys()]
          .map((key) => [key, value(key)] as const)
          .filter((entry): entry is [string, number] => entry[1] !== undefined)
          .sort(([a], [b]) => (a < b ? -1 : 1)),
    };
  }

  writes(number: number): MapWrites {
    const { records } = this.#host;
    const append = (type: number, key: string, value: number): void => {
      const at = records.append(type, number, 8 + Buffer.byteLength(key));
      records.view.setFloat64(at, value, true);
      records.bytes.set(Buffer.from(key), at + 8);
    };
    return {
      get commit() {
        return records.commit;
      },
      put: (key, value) => append(PUT, key, value),
      remove: (key) => append(REMOVE, key, 0),
      value: (key) => this.#tables.get(number)!.get(key)?.at(-1)?.value,
    };
  }
}

export const mapKind: TableKind = {
  name: "map",
  createEngine: (host) => new MapEngine(host),
};

export function mapTable(name: string): TableDefinition<MapReads, MapWrites> {
  return { name, kind: mapKind, schema: {} };
}
