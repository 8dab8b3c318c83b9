/** Every code block of every README and docs page runs. */
import { test } from "node:test";
import { codeBlocks, documents, runBlock } from "../doctest.ts";

for (const block of documents().flatMap(codeBlocks)) {
  if (!["ts", "js", "sh"].includes(block.language)) continue;
  test(`${block.file}:${block.line} ${block.language} block runs`, { timeout: 120_000 }, () =>
    runBlock(block),
  );
}
