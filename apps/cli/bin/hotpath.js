#!/usr/bin/env node
// Plain ES2022, so that the Node of the host can read it: the sources need Node 24 or later, and the
// repository pins one by platform packages. Run on an older Node, this re-executes itself on that one.
import { spawn } from "node:child_process";
import { constants } from "node:os";
import { createRequire } from "node:module";

if (Number(process.versions.node.split(".")[0]) >= 24) {
  const { main } = await import("../src/main.ts");
  await main(process.argv.slice(2));
} else {
  reexecute();
}

function reexecute() {
  const child = spawn(pinnedNode(), process.argv.slice(1), { stdio: "inherit" });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"])
    process.on(signal, () => child.kill(signal));
  child.on("exit", (code, signal) => process.exit(code ?? 128 + constants.signals[signal]));
}

function pinnedNode() {
  const require = createRequire(import.meta.url);
  const names = [
    `node-${process.platform}-${process.arch}`,
    `node-bin-${process.platform}-${process.arch}`,
  ];
  for (const name of names) {
    try {
      return require.resolve(`${name}/bin/node`);
    } catch {
      // Not this platform's package: try the next name.
    }
  }
  console.error(
    `hotpath needs Node 24 or later; this is ${process.version}, and no pinned Node for ${process.platform}-${process.arch} is installed. Run npm ci.`,
  );
  process.exit(1);
}
