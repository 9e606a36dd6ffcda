// The one table of grounds: each a veth load on a host where there is more of something.
import type { Limits } from '../../kernel/sizes.js';
import { buildPath } from '../buildPath.js';
import { mostFlows } from '../load/plan.js';
import type { BuiltPath } from '../path.js';
import type { Scope } from '../scope.js';
import { buildManyPairs } from './manyPairs.js';
import { UnreadTun } from './unreadTun.js';

export const groundNames = ['flows', 'busy', 'quiet', 'waiting'] as const;
export type GroundName = (typeof groundNames)[number];

export interface Ground {
  /** Whose devices vifscope is to measure, all of them learnt. */
  readonly measured: readonly BuiltPath[];
  /** That the load goes over. */
  readonly loaded: BuiltPath;
  readonly flows: number;
  readonly limits?: Limits;
  /** Filled once vifscope measures, before the load; one of those measured. */
  readonly waiting?: UnreadTun;
}

interface Row {
  readonly title: string;
  readonly build: (scope: Scope) => Promise<Ground>;
}

const [busyPairs, quietPairs, waitingPackets] = [64, 1_000, 100_000];
/** Of a veth: qdisc, driver and backlog; and some for what else there is. */
const shardsAVeth = 3;

/** What all others are held against: one pair, one flow. */
export const oneGround = async (scope: Scope): Promise<Ground> => {
  const path = await buildPath('veth', scope);
  return { measured: [path], loaded: path, flows: 1 };
};

export const grounds: Readonly<Record<GroundName, Row>> = {
  flows: {
    title: `${mostFlows.toLocaleString('en-US')} flows`,
    build: async (scope) => ({ ...(await oneGroundAgain(scope)), flows: mostFlows }),
  },
  busy: {
    title: `${busyPairs} busy pairs`,
    build: async (scope) => {
      const path = await buildManyPairs(busyPairs, scope);
      return { measured: [path], loaded: path, flows: 1 };
    },
  },
  quiet: {
    title: `${quietPairs.toLocaleString('en-US')} pairs, one of them busy`,
    build: async (scope) => {
      const path = await buildManyPairs(quietPairs, scope);
      const { sinkAddresses: _, ...first } = path;
      const limits = { shards: 2 * shardsAVeth * (quietPairs + 1) };
      return { measured: [path], loaded: first, flows: 1, limits };
    },
  },
  waiting: {
    title: `${waitingPackets.toLocaleString('en-US')} packets of ${mostFlows.toLocaleString('en-US')} flows waiting elsewhere`,
    build: async (scope) => {
      const waiting = await UnreadTun.build(waitingPackets, mostFlows, scope);
      const one = await oneGroundAgain(scope);
      return { ...one, measured: [...one.measured, waiting.path], waiting };
    },
  },
};

/** Beside the one that is there: the bridge's addresses are nobody else's. */
async function oneGroundAgain(scope: Scope): Promise<Ground> {
  const path = await buildManyPairs(1, scope);
  return { measured: [path], loaded: path, flows: 1 };
}
