// Generated from the BTF of the BPF object by
//   node dist/src/abi/generate.js bpf/vifscope.bpf.o > src/abi/layout.ts
// Sizes and offsets in bytes; the size of an array is that of one element.

export const announcementState = {
  free: 0,
  writing: 1,
  ready: 2,
} as const;

export const kind = {
  ignored: 0,
  veth: 1,
  tun: 2,
  other: 3,
  n: 4,
} as const;

export const limit = {
  ifnamsiz: 16,
  ways: 4,
  deviceProbes: 16,
  driverFrames: 8,
  announcementBits: 8,
  dropReasons: 256,
  sightingsALook: 64,
  histogramCounts: 3840,
  subBucketBits: 8,
  latencyBits: 36,
  taskBits: 10,
  commBytes: 16,
  addressBytes: 16,
  unknownCpu: 65535,
} as const;

export const outlierFlag = {
  start: 1,
  task: 2,
  inKsoftirqd: 4,
  wasStopped: 8,
} as const;

export const phase = {
  off: 0,
  measuring: 1,
  draining: 2,
  n: 3,
} as const;

export const point = {
  invalid: 0,
  sent: 1,
  toUser: 2,
  fromUser: 3,
  received: 4,
  n: 5,
} as const;

export const segment = {
  invalid: 0,
  qdisc: 1,
  driver: 2,
  backlog: 3,
  ring: 4,
  inject: 5,
  n: 6,
} as const;

export const specialShard = {
  none: 0,
  pendingInject: 1,
  n: 2,
} as const;

export const taskState = {
  running: 0,
  runnable: 1,
  sleeping: 2,
  stopped: 3,
  n: 4,
} as const;

export const announcement = {
  size: 104,
  state: { offset: 0, size: 4 },
  ifindex: { offset: 4, size: 4 },
  dev: { offset: 8, size: 8 },
  net: { offset: 16, size: 8 },
  peerDev: { offset: 24, size: 8 },
  peerNet: { offset: 32, size: 8 },
  netnsInum: { offset: 40, size: 4 },
  peerNetnsInum: { offset: 44, size: 4 },
  peerIfindex: { offset: 48, size: 4 },
  hardwareType: { offset: 52, size: 4 },
  name: { offset: 56, size: 1, count: 16 },
  peerName: { offset: 72, size: 1, count: 16 },
  linkKind: { offset: 88, size: 1, count: 16 },
} as const;

export const config = {
  size: 32,
  cpus: { offset: 0, size: 4 },
  shards: { offset: 4, size: 4 },
  setBits: { offset: 8, size: 4 },
  deviceBits: { offset: 12, size: 4 },
  segments: { offset: 16, size: 4 },
  subBucketBits: { offset: 20, size: 4 },
  histogramCounts: { offset: 24, size: 4 },
  tracing: { offset: 28, size: 4 },
  enums: { offset: 32, size: 4, count: 0 },
  events: { offset: 32, size: 24, count: 0 },
  outliers: { offset: 32, size: 176, count: 0 },
} as const;

export const control = {
  size: 96,
  phase: { offset: 0, size: 4 },
  lookAt: { offset: 4, size: 4 },
  sampleUpTo: { offset: 8, size: 4 },
  pad: { offset: 12, size: 4, count: 13 },
  announced: { offset: 64, size: 4 },
  looks: { offset: 68, size: 4 },
  unlearnedHookRuns: { offset: 72, size: 8 },
  eventsLost: { offset: 80, size: 4 },
  eventsWithoutContent: { offset: 84, size: 4 },
  outliersLost: { offset: 88, size: 4 },
  padEnd: { offset: 92, size: 4 },
} as const;

export const device = {
  size: 32,
  dev: { offset: 0, size: 8 },
  net: { offset: 8, size: 8 },
  ifindex: { offset: 16, size: 4 },
  firstShard: { offset: 20, size: 2 },
  peerBacklog: { offset: 22, size: 2 },
  kind: { offset: 24, size: 1 },
  gro: { offset: 25, size: 1 },
  xdp: { offset: 26, size: 1 },
  peerXdp: { offset: 27, size: 1 },
  peerEntry: { offset: 28, size: 4 },
} as const;

export const driverFrame = {
  size: 32,
  skb: { offset: 0, size: 8 },
  dev: { offset: 8, size: 8 },
  startedNs: { offset: 16, size: 8 },
  shard: { offset: 24, size: 8 },
} as const;

export const driverStack = {
  size: 264,
  depth: { offset: 0, size: 4 },
  pad: { offset: 4, size: 4 },
  frames: { offset: 8, size: 32, count: 8 },
} as const;

export const drops = {
  size: 1024,
  counts: { offset: 0, size: 4, count: 256 },
} as const;

export const event = {
  size: 24,
  timeNs: { offset: 0, size: 8 },
  content: { offset: 8, size: 8 },
  process: { offset: 16, size: 4 },
  device: { offset: 20, size: 2 },
  point: { offset: 22, size: 1 },
  pad: { offset: 23, size: 1 },
} as const;

export const histogram = {
  size: 15360,
  counts: { offset: 0, size: 4, count: 3840 },
} as const;

export const outlier = {
  size: 176,
  endNs: { offset: 0, size: 8 },
  waitNs: { offset: 8, size: 8 },
  content: { offset: 16, size: 8 },
  wokenNs: { offset: 24, size: 8 },
  scheduledNs: { offset: 32, size: 8 },
  spentNs: { offset: 40, size: 8, count: 4 },
  ksoftirqdWokenNs: { offset: 72, size: 8 },
  ksoftirqdScheduledNs: { offset: 80, size: 8 },
  ksoftirqdState: { offset: 88, size: 4 },
  task: { offset: 92, size: 4 },
  length: { offset: 96, size: 4 },
  ahead: { offset: 100, size: 4 },
  queueLength: { offset: 104, size: 4 },
  device: { offset: 108, size: 2 },
  startCpu: { offset: 110, size: 2 },
  endCpu: { offset: 112, size: 2 },
  taskStartCpu: { offset: 114, size: 2 },
  sourcePort: { offset: 116, size: 2 },
  destinationPort: { offset: 118, size: 2 },
  segment: { offset: 120, size: 1 },
  flags: { offset: 121, size: 1 },
  family: { offset: 122, size: 1 },
  protocol: { offset: 123, size: 1 },
  source: { offset: 124, size: 1, count: 16 },
  destination: { offset: 140, size: 1, count: 16 },
  comm: { offset: 156, size: 1, count: 16 },
} as const;

export const set = {
  size: 64,
  ways: { offset: 0, size: 16, count: 4 },
} as const;

export const sighting = {
  size: 32,
  registered: { offset: 0, size: 4 },
  ifindex: { offset: 4, size: 4 },
  net: { offset: 8, size: 8 },
  name: { offset: 16, size: 1, count: 16 },
} as const;

export const stamp = {
  size: 16,
  key: { offset: 0, size: 8 },
  word: { offset: 8, size: 8 },
} as const;

export const tally = {
  size: 64,
  sumNs: { offset: 0, size: 8 },
  maxNs: { offset: 8, size: 8 },
  minComplementNs: { offset: 16, size: 8 },
  started: { offset: 24, size: 4 },
  dropped: { offset: 28, size: 4 },
  expired: { offset: 32, size: 4 },
  evicted: { offset: 36, size: 4 },
  unmatched: { offset: 40, size: 4 },
  pad: { offset: 44, size: 4, count: 5 },
} as const;

export const watch = {
  size: 32,
  thresholdNs: { offset: 0, size: 8 },
  budget: { offset: 8, size: 4 },
  turnedAway: { offset: 12, size: 4 },
  entered: { offset: 16, size: 4 },
  left: { offset: 20, size: 4 },
  actor: { offset: 24, size: 4 },
  pad: { offset: 28, size: 4 },
} as const;
