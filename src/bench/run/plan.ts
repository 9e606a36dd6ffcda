// What a run does on each path, and about how long it takes.
import type { PathName } from '../path.js';
import type { Pinning } from '../pinning.js';
import type { Load } from '../result/schema.js';
import type { Goal } from '../search/goal.js';
import { tools } from '../tools/table.js';
import type { QdiscKind } from '../topologies/qdisc.js';
import type { RunningGuest } from '../topologies/runningGuest.js';

export interface BenchPlan {
  readonly paths: readonly PathName[];
  /** The load at which paths are compared; durationSeconds of each repeat. */
  readonly load: Load;
  readonly repeats: number;
  /** Searches for the ceiling; none knows of the others, or their spread would tell less than there is. */
  readonly searches: number;
  readonly searchSeconds: number;
  /** Of the ceiling, in percent. */
  readonly levels: readonly number[];
  readonly levelSeconds: number;
  /** One packet in so many is followed from device to device. */
  readonly journeysEvery: number;
  /** null: whatever the scheduler does. */
  readonly pinning: Pinning | null;
  /** What carries packets on the tun path: a command; null for our own. */
  readonly forwarder: string | null;
  /** In front of the generator's device of every path; null: each path's own. */
  readonly qdisc: QdiscKind | null;
  /** A guest that runs already, in place of our own on the tap path. */
  readonly runningGuest: RunningGuest | null;
  /** Of each device of our own guest, and as many CPUs. */
  readonly guestQueues: number;
  /** Of veth devices, side by side. */
  readonly pairs: number;
  /** Whether 1 to N flows, pairs and queues follow the comparison. */
  readonly hasScale: boolean;
  /** Whether tools that others wrote run, too. */
  readonly tools: boolean;
}

const common = { exceedRatio: 0.5, width: 0.01, finalTrialSeconds: 1, durationSumSeconds: 2 } as const;
export const goals = {
  noDrop: { ...common, lossRatio: 0 },
  partialDrop: { ...common, lossRatio: 0.005 },
} as const satisfies Record<string, Goal>;

export const leastPacketsPerSecond = 500;
/** A search may go on for as long as its last trial. */
export const mostTrialSeconds = 3;

export const presets = {
  /** The whole comparison within ten minutes on two cores. */
  full: {
    repeats: 3,
    searches: 3,
    searchSeconds: 20,
    levels: [10, 25, 50, 75, 90, 100],
    levelSeconds: 3,
    durationSeconds: 5,
  },
  /** A look within two minutes. */
  quick: {
    repeats: 2,
    searches: 1,
    searchSeconds: 12,
    levels: [25, 50, 90],
    levelSeconds: 1,
    durationSeconds: 2,
  },
} as const;

/** A path's drain and the time between two trials. */
const betweenSeconds = 0.5;
const buildSeconds = 5;
/** Beside the time that a tool sends for: its start and its own end. */
const toolExtraSeconds = 1;

/** About how long a run takes; a guest that is emulated boots for longer. */
export function estimateSeconds(plan: BenchPlan): number {
  const searching = plan.searches * plan.searchSeconds;
  const atRate = 2 * plan.repeats * (plan.load.durationSeconds + betweenSeconds);
  const overLoad = plan.levels.length * (plan.levelSeconds + 2 * betweenSeconds);
  const others = plan.tools ? tools.length * (plan.load.durationSeconds + toolExtraSeconds) : 0;
  return plan.paths.length * (buildSeconds + 1.3 * searching + atRate + overLoad + others);
}
