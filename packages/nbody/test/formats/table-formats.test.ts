/** One conformance suite for the table formats: bits survive, and nonsense is refused by name. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, test } from "node:test";
import { tableFromArrays, tableToIPC } from "apache-arrow";
import { parquetWriteBuffer } from "hyparquet-writer";
import type { Bodies } from "../../src/bodies/bodies.ts";
import { NbodyError } from "../../src/errors.ts";
import { decodeArrow, encodeArrow } from "../../src/formats/arrow.ts";
import { decodeCsv, encodeCsv } from "../../src/formats/csv.ts";
import { decodeHdf5, encodeHdf5 } from "../../src/formats/hdf5.ts";
import { decodeParquet, encodeParquet } from "../../src/formats/parquet.ts";
import { randomCloud } from "../systems.ts";
import { findPython, skipWithout } from "../../../../tools/external-program.ts";

interface Format {
  encode(bodies: Bodies): Uint8Array | Promise<Uint8Array>;
  decode(bytes: Uint8Array<ArrayBuffer>): Bodies | Promise<Bodies>;
}

const formats: Readonly<Record<string, Format>> = {
  csv: {
    encode: (bodies) => new TextEncoder().encode(encodeCsv(bodies)),
    decode: (bytes) => decodeCsv(new TextDecoder().decode(bytes)),
  },
  parquet: { encode: encodeParquet, decode: decodeParquet },
  arrow: { encode: encodeArrow, decode: decodeArrow },
  hdf5: { encode: encodeHdf5, decode: decodeHdf5 },
};

const isBadFormat = (error: unknown): boolean =>
  error instanceof NbodyError && error.code === "bad-format";

for (const [name, format] of Object.entries(formats)) {
  describe(name, () => {
    test("gives back the same bits", async () => {
      const bodies = randomCloud(200, 12);
      const back = await format.decode(Uint8Array.from(await format.encode(bodies)));
      assert.equal(back.n, 200);
      for (const column of ["mass", "x", "y", "z", "vx", "vy", "vz"] as const) {
        assert.deepEqual(back[column], bodies[column], column);
      }
    });

    test("refuses bytes that are something else, and a file that was cut short", async () => {
      const good = Uint8Array.from(await format.encode(randomCloud(20, 1)));
      const others = [
        new Uint8Array(0),
        new TextEncoder().encode("hello, world"),
        // A CSV that ends early may end at a line: it cannot know.
        ...(name === "csv" ? [] : [good.slice(0, good.length >> 1)]),
      ];
      for (const bytes of others) {
        await assert.rejects(async () => format.decode(Uint8Array.from(bytes)), isBadFormat);
      }
    });
  });
}

test("parquet and arrow refuse a missing column, a word, a negative mass, no rows", async () => {
  const good = {
    mass: [1, 2],
    x: [1, 2],
    y: [1, 2],
    z: [1, 2],
    vx: [1, 2],
    vy: [1, 2],
    vz: [1, 2],
  };
  const bad: Record<string, unknown[]>[] = [
    { mass: [1, 2] },
    { ...good, mass: [1, -2] },
    { ...good, x: ["a", "b"] },
    { ...good, x: [1, Number.NaN] },
    { ...good, colour: [1, 2] },
  ];
  for (const columns of bad) {
    const columnData = Object.entries(columns).map(([name, data]) => ({ name, data }));
    await assert.rejects(
      decodeParquet(new Uint8Array(parquetWriteBuffer({ columnData }))),
      isBadFormat,
    );
    assert.throws(() => decodeArrow(tableToIPC(tableFromArrays(columns))), isBadFormat);
  }
});

const python = findPython("h5py");

test(
  "h5py reads what encodeHdf5() wrote",
  { skip: skipWithout("python3-h5py", python) },
  async () => {
    const folder = mkdtempSync(join(tmpdir(), "nbody-hdf5-"));
    try {
      const bodies = randomCloud(10, 3);
      const path = join(folder, "state.hdf5");
      writeFileSync(path, await encodeHdf5(bodies));
      const script =
        "import h5py,sys; f=h5py.File(sys.argv[1]); g=f['PartType1']; print(repr(float(g['Coordinates'][3,1])), g['Velocities'].shape, repr(float(g['Masses'][9])))";
      const out = execFileSync(python ?? "python3", ["-c", script, path], {
        encoding: "utf8",
      }).trim();
      assert.equal(out.split(" ")[0], String(bodies.y[3]));
      assert.match(out, /\(10, 3\)/);
      assert.equal(Number(out.split(" ").at(-1)), bodies.mass[9]);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);
