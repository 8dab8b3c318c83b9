/** What people do with a database from outside: `hotpath store` is this on a command line. */
export { StoredDatabase, manifestIn, storedDefinitions } from "./stored-database.ts";
export type { Finding, Progress, StoredOptions } from "./stored-database.ts";
export { statDatabase, type DatabaseStat, type OrderedStat, type TableStat } from "./stat.ts";
export { verifyDatabase, type VerifyReport } from "./verify.ts";
export { checkDatabase, type CheckReport } from "./check.ts";
export { backupDatabase, type BackupReport } from "./backup.ts";
export { salvageDatabase, type SalvageReport } from "./salvage.ts";
export { dumpTable, type DumpOptions } from "./dump.ts";
export { measureFolder, type Measurement } from "./measure.ts";
export { scrub, SCRUB_CHANNEL, type ScrubOptions, type ScrubReport } from "./scrub.ts";
