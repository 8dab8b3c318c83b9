export { openService, type GravityService } from "./service.ts";
export { configFrom, type GravityConfig } from "./config.ts";
export { LIMITS } from "./limits.ts";
