// The contract of a benchmark's result.json (version 1): what every report, comparison and finding is made from.
// Rates are packets a second, times whole nanoseconds, CPU time nanoseconds for each packet delivered.
import { z } from 'zod';

const count = z.int().nonnegative();
const amount = z.number().nonnegative();
const wholeNs = z.int().nonnegative().nullable();

/** The same figure over the repeats of a run, each repeat one value. */
const spread = z.object({
  median: z.number(),
  min: z.number(),
  max: z.number(),
  values: z.array(z.number()),
});

/** As in a snapshot; `histogram` is HdrHistogram V2, compressed, base64. */
const figures = z.object({
  count,
  minNs: wholeNs,
  meanNs: wholeNs,
  p50Ns: wholeNs,
  p90Ns: wholeNs,
  p99Ns: wholeNs,
  p999Ns: wholeNs,
  p9999Ns: wholeNs,
  maxNs: wholeNs,
  histogram: z.string(),
});

/** Where packets were dropped: on a device or a socket, in which queue of it, and for which reason. */
const placedDrop = z.object({
  netns: z.string(),
  device: z.string().nullable(),
  place: z.enum(['qdisc', 'driver', 'ring', 'backlog', 'socket', 'unknown']),
  /** The kernel's drop reason, or the name of the counter that has it; null where neither tells. */
  reason: z.string().nullable(),
  count,
});

export const loadSchema = z.object({
  packetsPerSecond: amount,
  durationSeconds: amount,
  /** Frames without check sequence and how often each comes; one entry unless it is a mix. */
  sizes: z.array(z.object({ frameBytes: count, weight: count })),
  flows: count,
  /** Packets sent back to back at once, at the same average rate. */
  burst: count,
});

const trial = z.object({
  load: loadSchema,
  offered: count,
  sent: count,
  received: count,
  lost: count,
  /** Packets that left more than 20 µs after their time. */
  late: count,
  reachedPacketsPerSecond: amount,
  /** Why it counts for nothing; null where it counts. */
  voidReason: z.string().nullable(),
  drops: z.array(placedDrop),
});

/** A rate found by searching: the greatest that was passed and the least that was not. */
const bound = z.object({
  lossRatio: amount,
  /** Null where no load passed. */
  packetsPerSecond: amount.nullable(),
  /** The least load that did not pass, in the median; null where the generator's own ceiling came first. */
  abovePacketsPerSecond: amount.nullable(),
  /** Passed at the generator's own ceiling: the path may carry more. */
  isGeneratorBound: z.boolean(),
  /** Every search came as near as it was to; false: time ran out before. */
  isReached: z.boolean(),
  /** Results of the repeated searches, none of which knew of the others. */
  spread: spread.nullable(),
});

export const cpuParts = ['generator', 'sink', 'softirq', 'path', 'rest'] as const;

/**
 * Nanoseconds of CPU time for each packet delivered, what the idle host takes subtracted. What the generator spends
 * between packets, waiting for the time of the next, is no cost of the path and stands beside it.
 */
const cpuSplit = z.object({
  /** Of all parts. */
  total: spread,
  waiting: spread,
  parts: z.record(z.enum(cpuParts), spread),
  /** By kind of softirq: NET_RX, NET_TX, TIMER and so on. */
  softirqs: z.record(z.string(), spread),
  /** The path's own threads by name: QEMU's, vhost's, the forwarder's. */
  threads: z.record(z.string(), spread),
  /** CPU seconds a second while nothing was sent. */
  idleCpus: amount,
});

const named = z.object({ device: z.string(), netns: z.string(), segment: z.string(), figures });
const leg = z.object({ from: z.string(), to: z.string(), leg: z.string(), figures });

/** Packets that were followed from device to device. */
const journeys = z.object({
  /** One in so many; more than asked for under overload. */
  every: count,
  /** Of these, begun = whole + partial + ambiguous + evicted + under way. */
  begun: count,
  whole: count,
  partial: count,
  ambiguous: count,
  evicted: count,
  /** Events for which there was no room. */
  lostEvents: count,
});

const tailAtRate = z.object({
  packetsPerSecond: amount,
  /** In percent of the path's ceiling; null at the rate that was asked for. */
  loadPercent: amount.nullable(),
  repeats: z.array(z.object({ trial, endToEnd: figures, lateness: figures })),
  /** From scheduled send to the kernel's receive stamp, all repeats that count together. */
  endToEnd: figures,
  /** How late packets left, against the schedule. */
  lateness: figures,
  /** Of all repeats, void ones too, with the kernel's reasons. */
  drops: z.array(placedDrop),
  segments: z.array(named),
  legs: z.array(leg),
  /** What the legs are drawn from; null: no packet was followed. */
  journeys: journeys.nullable(),
});

const pathResult = z.object({
  path: z.string(),
  state: z.enum(['measured', 'partial', 'failed']),
  /** Why it is not all there; null where it is. */
  reason: z.string().nullable(),
  /** What decides the result and is this path's own: qdisc, txqueuelen, GRO, NAPI, queues, vhost, accelerator. */
  settings: z.record(z.string(), z.string()),
  ceiling: z
    .object({ noDrop: bound, partialDrop: bound, trials: z.array(trial), drops: z.array(placedDrop) })
    .nullable(),
  cpu: z.object({ off: cpuSplit, on: cpuSplit }).nullable(),
  tail: z.object({ atRate: tailAtRate, overLoad: z.array(tailAtRate) }).nullable(),
});

/** What a tool that others wrote said over the same path, as it said it and in our units. */
const toolResult = z.object({
  path: z.string(),
  tool: z.string(),
  version: z.string(),
  command: z.string(),
  figures: z.record(z.string(), z.number().nullable()),
  /** Why there are no figures; null where there are. */
  reason: z.string().nullable(),
});

/** One step of a series over 1 to N pairs, flows or queues. */
const scaleStep = z.object({
  path: z.string(),
  over: z.enum(['pairs', 'flows', 'queues']),
  number: count,
  /** Why it is not all there; null where it is. */
  reason: z.string().nullable(),
  noDropPacketsPerSecond: amount.nullable(),
  /** Passed at the generator's own ceiling: the path may carry more. */
  isGeneratorBound: z.boolean(),
  cpuNs: spread.nullable(),
  endToEnd: figures.nullable(),
});

export const benchResultSchema = z.object({
  version: z.literal(1),
  startedAt: z.iso.datetime(),
  durationSeconds: amount,
  /** Why the run ended early; null where it ran to its end. */
  interruption: z.string().nullable(),
  host: z.object({
    hostname: z.string(),
    kernel: z.string(),
    architecture: z.string(),
    cpus: count,
    libbpf: z.string(),
    vifscope: z.string(),
  }),
  /** What decides the result and is the host's own: mitigations, governor, clock source, versions, affinity. */
  surroundings: z.record(z.string(), z.string()),
  plan: z.object({
    paths: z.array(z.string()),
    load: loadSchema,
    repeats: count,
    /** Of the ceiling, on each path; 0: none was asked for. */
    searches: count,
    /** Of sending, for each search. */
    searchSeconds: amount,
    /** One packet in so many is followed from device to device. */
    journeysEvery: count,
    /** On the generator's device of every path; null: each path's own. */
    qdisc: z.string().nullable(),
    /** CPUs by role. */
    pinning: z.record(z.string(), z.array(count)),
  }),
  /** The generator alone on this host, into a device that drops everything. */
  generator: z.object({ ceilingPacketsPerSecond: spread }).nullable(),
  paths: z.array(pathResult),
  tools: z.array(toolResult),
  scale: z.array(scaleStep),
});

export type BenchResult = z.infer<typeof benchResultSchema>;
export type PathResult = z.infer<typeof pathResult>;
export type Load = z.infer<typeof loadSchema>;
export type TrialResult = z.infer<typeof trial>;
export type PlacedDrop = z.infer<typeof placedDrop>;
export type RateBound = z.infer<typeof bound>;
export type CpuSplit = z.infer<typeof cpuSplit>;
export type CpuPart = (typeof cpuParts)[number];
export type TailAtRate = z.infer<typeof tailAtRate>;
export type ToolResult = z.infer<typeof toolResult>;
export type ScaleStep = z.infer<typeof scaleStep>;
export type Spread = z.infer<typeof spread>;
