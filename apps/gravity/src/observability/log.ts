/** One logger: JSON lines when stdout is not a terminal, one readable line each when it is. */
import { pino, type Logger } from "pino";

export function createLogger(): Logger {
  const level = process.env["LOG_LEVEL"] ?? "info";
  return process.stdout.isTTY ? pino({ level }, { write: readable }) : pino({ level });
}

const LEVELS: Readonly<Record<number, string>> = {
  10: "trace",
  20: "debug",
  30: "info",
  40: "warn",
  50: "error",
  60: "fatal",
};

function readable(line: string): void {
  const {
    level,
    time,
    msg,
    pid: _pid,
    hostname: _host,
    err,
    ...rest
  } = JSON.parse(line) as Record<string, unknown>;
  const clock = new Date(Number(time)).toISOString().slice(11, 23);
  const fields = Object.entries(rest).map(([key, value]) => `${key}=${JSON.stringify(value)}`);
  const stack = (err as { stack?: string } | undefined)?.stack;
  process.stdout.write(
    `${clock} ${LEVELS[Number(level)] ?? ""} ${String(msg)} ${fields.join(" ")}\n`,
  );
  if (stack !== undefined) process.stdout.write(`${stack}\n`);
}
