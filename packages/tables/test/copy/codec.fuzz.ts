/**
 * Any values of any types, encoded to binary COPY, framed and cut anywhere as a server and a network may,
 * decode to the same values. Prints its seed; FUZZ_SEED and FUZZ_RUNS repeat and lengthen a run.
 */
import assert from "node:assert/strict";
import { test } from "node:test";
import fc from "fast-check";
import {
  bigint,
  boolean,
  bytea,
  date,
  float4,
  float8,
  integer,
  interval,
  jsonb,
  numeric,
  smallint,
  table,
  text,
  time,
  timestamptz,
  uuid,
  oid,
  money,
  timetz,
  macaddr,
  macaddr8,
  point,
  box,
  lseg,
  line,
  circle,
  byteChar,
  pgLsn,
  xid8,
  xid,
  cid,
  tid,
  type AnyTable,
  type Column,
  type ColumnFlag,
} from "@hotpath/tables";
import { COPY_HEADER, COPY_TRAILER } from "../../src/connection/message-reader.ts";
import { ColumnTarget } from "../../src/copy/column-target.ts";
import { decodeBinary, encodeBinary } from "../../src/copy/binary-value.ts";
import { planInput } from "../../src/copy/input-plan.ts";
import { RowDecoder } from "../../src/copy/row-decoder.ts";
import { RowEncoder } from "../../src/copy/row-encoder.ts";
import type { ColumnInput } from "../../src/copy/column-data.ts";
import type { TypeName } from "../../src/definition/column-type.ts";

const seed = Number(process.env["FUZZ_SEED"] ?? Math.floor(Math.random() * 2 ** 31));
const numRuns = Number(process.env["FUZZ_RUNS"] ?? 150);
console.log(`codec.fuzz: FUZZ_SEED=${seed}`);

type AnyColumn = Column<TypeName, unknown, ColumnFlag>;
type Kind = readonly [column: () => AnyColumn, values: fc.Arbitrary<unknown>];

const string = fc.string({ unit: "grapheme", maxLength: 60 }).filter((s) => !s.includes("\0"));
const clock = fc.bigInt({ min: 0n, max: 86_399_999_999n });
const decimal = fc
  .tuple(fc.boolean(), fc.bigInt({ min: 0n, max: 10n ** 40n }), fc.nat({ max: 45 }))
  .map(([negative, digits, scale]) => {
    const padded = String(digits).padStart(scale + 1, "0");
    const point = padded.length - scale;
    const shown = scale === 0 ? padded : `${padded.slice(0, point)}.${padded.slice(point)}`;
    return negative && digits > 0n ? `-${shown}` : shown;
  });

const address = (size: number): fc.Arbitrary<unknown> =>
  fc
    .uint8Array({ minLength: size, maxLength: size })
    .map((bytes) => Buffer.from(bytes).toString("hex").match(/../g)!.join(":"));

const spot = fc.record({ x: fc.double(), y: fc.double() });

const KINDS: readonly Kind[] = [
  [smallint, fc.integer({ min: -32_768, max: 32_767 })],
  [integer, fc.integer()],
  [bigint, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })],
  [float4, fc.float({ noNaN: true })],
  [float8, fc.double({ noNaN: true })],
  [boolean, fc.boolean()],
  [
    date,
    fc
      .date({ min: new Date("0001-01-01"), max: new Date("9999-12-31"), noInvalidDate: true })
      .map((d) => d.toISOString().slice(0, 10)),
  ],
  [time, clock.map((us) => decodeBinary(encodeBinary(us, "bigint")!, "time"))],
  [timestamptz, fc.bigInt({ min: -(2n ** 55n), max: 2n ** 60n })],
  [interval, fc.constantFrom("1 year 2 mons", "-3 days +04:05:06.7", "00:00:00", "-1 years")],
  [uuid, fc.uuid()],
  [oid, fc.integer({ min: 0, max: 2 ** 32 - 1 })],
  [
    money,
    fc
      .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
      .map((cents) => decodeBinary(encodeBinary(cents, "bigint")!, "money")),
  ],
  [timetz, fc.constantFrom("00:00:00+00", "23:59:59.999999-12:30", "12:00:00+05:45:10")],
  [macaddr, address(6)],
  [macaddr8, address(8)],
  [point, spot],
  [box, fc.record({ high: spot, low: spot })],
  [lseg, fc.record({ start: spot, end: spot })],
  [line, fc.record({ a: fc.double({ min: 1 }), b: fc.double(), c: fc.double() })],
  [circle, fc.record({ center: spot, radius: fc.double({ min: 0 }) })],
  [byteChar, fc.nat({ max: 255 }).map((byte) => decodeBinary(Uint8Array.of(byte), "byteChar"))],
  [xid8, fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })],
  [
    pgLsn,
    fc
      .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
      .map((n) => decodeBinary(encodeBinary(n, "bigint")!, "pgLsn")),
  ],
  [xid, fc.nat({ max: 2 ** 32 - 1 })],
  [cid, fc.nat({ max: 2 ** 32 - 1 })],
  [
    tid,
    fc
      .tuple(fc.nat({ max: 2 ** 32 - 1 }), fc.nat({ max: 65_535 }))
      .map(([block, item]) => `(${block},${item})`),
  ],
  [numeric, decimal],
  [text, string],
  [bytea, fc.uint8Array({ maxLength: 80 })],
  [
    jsonb,
    fc.jsonValue().filter((value) => value !== null && !JSON.stringify(value).includes("\\u0000")),
  ],
  [() => float8().array(), fc.array(fc.option(fc.double({ noNaN: true })), { maxLength: 9 })],
  [() => text().array(), fc.array(fc.option(string), { maxLength: 5 })],
  [
    () => integer().array().array(),
    fc.nat({ max: 4 }).chain((length) =>
      fc.array(fc.array(fc.option(fc.integer()), { minLength: length, maxLength: length }), {
        maxLength: 4,
      }),
    ),
  ],
];

const scenario = fc
  .array(fc.tuple(fc.nat({ max: KINDS.length - 1 }), fc.boolean()), { minLength: 1, maxLength: 7 })
  .chain((picks) => {
    const row = fc.tuple(
      ...picks.map(([kind, nullable]) => {
        const values = KINDS[kind]![1];
        return nullable ? fc.option(values) : values;
      }),
    );
    return fc.record({
      picks: fc.constant(picks),
      rows: fc.array(row, { maxLength: 40 }),
      repeats: fc.integer({ min: 1, max: 90 }),
      cuts: fc.array(fc.integer({ min: 1, max: 4000 }), { minLength: 1, maxLength: 8 }),
      frames: fc.array(fc.integer({ min: 1, max: 900 }), { minLength: 1, maxLength: 8 }),
    });
  });

/** Cuts bytes into pieces of the given sizes, by turns. */
function* pieces(bytes: Uint8Array, sizes: readonly number[]): Generator<Uint8Array> {
  let turn = 0;
  for (let at = 0; at < bytes.length;) {
    const size = sizes[turn++ % sizes.length]!;
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

function framed(payload: Uint8Array): Buffer {
  const frame = Buffer.alloc(5 + payload.length);
  frame[0] = 100;
  frame.writeUInt32BE(payload.length + 4, 1);
  frame.set(payload, 5);
  return frame;
}

test("what is encoded decodes to itself, however it is framed and cut", () => {
  const property = fc.property(scenario, ({ picks, rows, repeats, cuts, frames }) => {
    const columns: Record<string, AnyColumn> = {};
    const input: Record<string, unknown[]> = {};
    const all = Array.from({ length: repeats }, () => rows).flat();
    for (const [k, [kind, nullable]] of picks.entries()) {
      const column = KINDS[kind]![0]();
      columns[`c${k}`] = nullable ? column.nullable() : column;
      input[`c${k}`] = all.map((row) => row[k]);
    }
    const definition = table("t", columns);
    const given = { count: all.length, columns: input } as unknown as ColumnInput<AnyTable>;
    const encoder = new RowEncoder(planInput(definition, given));
    const parts: Uint8Array[] = [COPY_HEADER];
    for (let part = encoder.next(); part !== undefined; part = encoder.next())
      parts.push(part.slice());
    parts.push(COPY_TRAILER);
    encoder.release();
    const stream = Buffer.concat([...pieces(Buffer.concat(parts), frames)].map(framed));

    const targets = definition.columnNames.map(
      (name) => new ColumnTarget(definition, name, undefined),
    );
    const decoder = new RowDecoder(definition, targets, { rowBytes: 1 << 24 });
    for (const piece of pieces(stream, cuts)) {
      void decoder.push(piece, (type) => assert.fail(`message ${type}`));
    }
    assert.equal(decoder.count, all.length);
    assert.ok(decoder.ended);
    for (const [k, name] of definition.columnNames.entries()) {
      const target = targets[k]!;
      const again = { columns: { [name]: target.finish(all.length) } };
      const nulls = target.nullable ? { [name]: target.nulls(all.length) } : {};
      // Values of typed arrays are compared through the encoder of single values.
      const [plan] = planInput(table("t", { [name]: definition.columns[name]! }), {
        ...again,
        nulls,
        count: all.length,
      } as never).columns;
      for (const [index, value] of input[name]!.entries()) {
        const expected = value === null ? undefined : encodeBinary(value, target.type);
        assert.equal(plan!.isNull(index), expected === undefined);
        if (expected !== undefined && plan!.kind === "variable") {
          const { bytes, offsets } = plan!.stage(index, 1, 1);
          assert.deepEqual(
            Buffer.from(bytes.subarray(offsets[0], offsets[1])),
            Buffer.from(expected),
          );
          assert.deepEqual(decodeBinary(bytes, target.type), decodeBinary(expected, target.type));
        } else if (expected !== undefined && plan!.kind === "fixed") {
          assert.equal(wireHex(plan!.raw(index, 1), target), Buffer.from(expected).toString("hex"));
        }
      }
    }
    decoder.release();
  });
  fc.assert(property, { seed, numRuns });
});

/** A value of a typed array as it would be sent, by the slow way. */
function wireHex(raw: Uint8Array, target: ColumnTarget): string {
  const { swap, epoch } = target.layout;
  const bytes = Buffer.from(raw);
  if (swap === 2) bytes.swap16();
  if (swap === 4) bytes.swap32();
  if (swap === 8) bytes.swap64();
  if (swap === 16 || swap === 12) {
    bytes.subarray(0, 8).swap64();
    bytes.subarray(8).swap32();
  }
  if (epoch === 1) bytes.writeInt32BE(bytes.readInt32BE() - 10_957);
  if (epoch === 2) bytes.writeBigInt64BE(bytes.readBigInt64BE() - 946_684_800_000_000n);
  return bytes.toString("hex");
}

test("any bytes at all give columns or a TablesError, and the decoder survives them", () => {
  const definition = table("t", { a: integer(), b: text().nullable() });
  const head = framed(COPY_HEADER);
  const property = fc.property(
    fc.uint8Array({ maxLength: 300 }),
    fc.boolean(),
    (bytes, inFrame) => {
      const targets = definition.columnNames.map(
        (name) => new ColumnTarget(definition, name, undefined),
      );
      const decoder = new RowDecoder(definition, targets, { rowBytes: 1 << 20 });
      try {
        void decoder.push(head, () => {});
        void decoder.push(inFrame ? framed(bytes) : bytes, () => {});
      } catch (error) {
        assert.equal((error as Error).name, "TablesError");
      }
      decoder.release();
    },
  );
  fc.assert(property, { seed, numRuns: numRuns * 4 });
});
