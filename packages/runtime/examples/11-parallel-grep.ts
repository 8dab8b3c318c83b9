/**
 * grep -rn over a folder, several files at a time.
 *
 *   node examples/11-parallel-grep.ts FOLDER PATTERN
 *
 * One task walks the folder and sends the names of files into a channel; a few read and search them,
 * line by line, so that a large file is never in memory as a whole. The matches come out through a
 * second channel, whose small capacity holds everything back when the reader is slow.
 */
import { Channel, group, openFile, run, stdout, walkDirectory, type Task } from "@hotpath/runtime";

export interface Match {
  readonly path: string;
  readonly line: number;
  readonly text: string;
}

const READERS = 8;

/** Calls `found` for each line of each file below the folder that the pattern matches. */
export async function grep(
  folder: string,
  pattern: RegExp,
  found: (match: Match) => Promise<void>,
): Promise<number> {
  const files = new Channel<string>(64, { name: "files" });
  const matches = new Channel<Match>(64, { name: "matches" });
  let count = 0;
  await group(async (tasks) => {
    tasks.spawn(async () => {
      for await (const entry of walkDirectory(folder)) {
        if (entry.kind === "file") await files.send(entry.path);
      }
      files.close();
    });
    const readers: Task<void>[] = [];
    for (let k = 0; k < READERS; k++) readers.push(tasks.spawn(search, { name: `reader ${k}` }));
    tasks.spawn(async () => {
      for (const reader of readers) await reader;
      matches.close();
    });
    for await (const match of matches) {
      count++;
      await found(match);
    }
  });
  return count;

  async function search(): Promise<void> {
    for await (const path of files) {
      await using file = await openFile(path);
      let line = 0;
      for await (const text of file.reader().lines()) {
        line++;
        if (pattern.test(text)) await matches.send({ path, line, text });
      }
    }
  }
}

if (import.meta.main) {
  const [folder, pattern] = process.argv.slice(2);
  if (folder === undefined || pattern === undefined) {
    console.error("usage: 11-parallel-grep.ts FOLDER PATTERN");
    process.exit(2);
  }
  await run(async () => {
    const output = stdout();
    const count = await grep(folder, new RegExp(pattern), ({ path, line, text }) =>
      output.write(`${path}:${line}:${text}\n`),
    );
    process.exitCode = count > 0 ? 0 : 1;
  });
}
