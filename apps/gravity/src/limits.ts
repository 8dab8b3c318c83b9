/** Every limit of the service, in one place; the API's documents state them from here. */
export const LIMITS = {
  /** 1 MiB. */
  bodyBytes: 1_048_576,
  particles: 100_000,
  steps: 10_000_000,
  /** n² × steps of a background job: at about 1.1 ns a directed pair, some three hours. */
  jobPairs: 1e13,
  /** What the tree is reckoned at, in directed pairs a particle. */
  treePairs: 5_000,
  /** n² × steps of one synchronous /simulate call: some two minutes. */
  callPairs: 1e11,
  frames: 10_000,
  /** 512 MiB. */
  frameFileBytes: 536_870_912,
  queuedJobs: 1_000,
  queuedCalls: 16,
  connections: 1_024,
  eventStreams: 256,
  listed: 200,
} as const;
