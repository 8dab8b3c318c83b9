import assert from "node:assert/strict";
import { test } from "node:test";
import { NbodyError } from "../../src/errors.ts";
import { decodeCsv, encodeCsv } from "../../src/formats/csv.ts";
import { randomCloud } from "../systems.ts";

test("decodeCsv() gives back the bits that encodeCsv() was given", () => {
  const bodies = randomCloud(50, 8);
  bodies.radius[7] = 0.125;
  const back = decodeCsv(encodeCsv(bodies));
  assert.equal(back.n, 50);
  for (const name of ["mass", "x", "y", "z", "vx", "vy", "vz", "radius", "softening"] as const) {
    assert.deepEqual([...back[name]], [...bodies[name]], name);
  }
});

test("decodeCsv() takes columns in any order, CRLF, a byte order mark and no last newline", () => {
  const back = decodeCsv("\u{feff}vx,vy,vz,x,y,z,mass\r\n1,2,3,4,5,6,7\r\n-1e-3,0,0,0,0,0,0");
  assert.equal(back.n, 2);
  assert.deepEqual([back.mass[0], back.x[0], back.vz[0], back.vx[1]], [7, 4, 3, -0.001]);
});

const HEADER = "mass,x,y,z,vx,vy,vz";
const wrong: readonly (readonly [string, string, RegExp])[] = [
  ["nothing", "", /there is a column ""/],
  ["a header alone", `${HEADER}\n`, /no particles/],
  ["an unknown column", "mass,x,y,z,vx,vy,vz,colour\n", /column "colour"/],
  ["a missing column", "mass,x,y,z,vx,vy\n1,2,3,4,5,6", /no column "vz"/],
  ["a column twice", `${HEADER},x\n`, /twice/],
  ["a short line", `${HEADER}\n1,2,3`, /line 2 has 3 fields instead of 7/],
  ["a word", `${HEADER}\n1,2,3,4,5,6,fast`, /line 2: vz is not a finite number/],
  ["an empty field", `${HEADER}\n1,2,3,4,5,6,7\n1,,3,4,5,6,7`, /line 3: x is not/],
  ["an infinity", `${HEADER}\n1,2,3,4,5,6,Infinity`, /not a finite/],
  ["a negative mass", `${HEADER}\n-1,2,3,4,5,6,7`, /line 2: mass is negative/],
];
for (const [what, text, message] of wrong) {
  test(`decodeCsv() refuses ${what} and says where`, () => {
    assert.throws(
      () => decodeCsv(text),
      (error: unknown) =>
        error instanceof NbodyError && error.code === "bad-format" && message.test(error.message),
    );
  });
}
