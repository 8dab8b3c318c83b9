export { configFrom, parseListen, type PaymentsConfig } from "./config.ts";
export { main } from "./main.ts";
export { runService, type Service, type ServiceOptions } from "./service.ts";
export { Emulator, type EmulatorOptions } from "./processor/emulator.ts";
export { emulatorRoutes } from "./processor/emulator-routes.ts";
export { runCluster, type ClusterOptions } from "./cluster/cluster.ts";
