/**
 * A sensor's history: readings that come late take their place in time, means by the hour, and a retention that drops
 * whole files of what is too old. A second, ordered table keeps what is known about each sensor.
 *
 *     node examples/02-sensor-history.ts
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { f64, open, ordered, series, time, u32 } from "@hotpath/storage";

const HOUR = 3600 * 1_000_000;
const DAY = 24 * HOUR;

const reading = series(
  "reading",
  { at: time("micros"), sensor: u32, celsius: f64 },
  { keep: { age: 30 * DAY } },
);
const sensors = ordered("sensors");

const folder = mkdtempSync(join(tmpdir(), "sensors-"));
{
  await using db = await open(folder, { tables: [reading, sensors] });
  await db.transaction((tx) => {
    tx.table(sensors).put("sensor/1/place", "roof");
    tx.table(sensors).put("sensor/1/unit", "°C");
    tx.table(sensors).put("sensor/2/place", "cellar");
  });

  // Three days, one reading a minute, given as columns.
  const minutes = 3 * 24 * 60;
  const at = Float64Array.from({ length: minutes }, (_, k) => k * 60 * 1_000_000);
  const celsius = at.map((micros) => 15 + 8 * Math.sin((micros / DAY) * 2 * Math.PI));
  await db.transaction((tx) => {
    tx.table(reading).ingest({ at, sensor: new Uint32Array(minutes).fill(1), celsius });
  });

  // One that was out of reach for a day reports now.
  await db.transaction((tx) => tx.table(reading).insert({ at: DAY + 30, sensor: 1, celsius: 40 }));

  using snapshot = db.snapshot();
  const history = snapshot.table(reading);
  for (const { from, count, sum, max } of history.buckets("celsius", {
    from: DAY,
    to: DAY + 3 * HOUR,
    every: HOUR,
  })) {
    const mean = (sum / count).toFixed(2);
    console.log(
      `hour ${(from - DAY) / HOUR}: ${count} readings, mean ${mean}, at most ${max.toFixed(2)}`,
    );
  }
  const about = [...snapshot.table(sensors).range({ gte: "sensor/1/", lt: "sensor/10" })];
  console.log(
    about
      .map(([name, value]) => `${Buffer.from(name).toString()} = ${Buffer.from(value).toString()}`)
      .join("\n"),
  );
}
rmSync(folder, { recursive: true });
