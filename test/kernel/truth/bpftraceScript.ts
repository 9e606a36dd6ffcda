// A bpftrace script that runs for the time of a test, and the histogram that it prints at its end.

import { startExternal } from '../../../src/bench/peers/external.js';
import { bpftraceTool } from '../../../src/bench/peers/observers.js';
import type { Scope } from '../../../src/bench/scope.js';

/** Of powers of two. */
export interface PrintedBucket {
  readonly fromNs: number;
  readonly toNs: number;
  readonly count: number;
}

export interface RunningScript {
  /** Ends it. @returns what it has counted */
  finish(): Promise<PrintedBucket[]>;
}

export async function startScript(scope: Scope): Promise<RunningScript> {
  const running = await startExternal('bpftrace', bpftraceTool, scope);
  return {
    finish: async () => {
      process.kill(running.pid, 'SIGINT');
      await running.ended;
      return bucketsOf(running.said());
    },
  };
}

/** Lines such as "[512, 1K)   35 |@@@   |". */
function bucketsOf(text: string): PrintedBucket[] {
  const lines = text.matchAll(/^\[(\d+[KMGT]?)(?:, (\d+[KMGT]?)\)|\])\s+(\d+) \|/gm);
  return [...lines].map(([, from = '', to = from, count]) => ({
    fromNs: amountOf(from),
    toNs: amountOf(to),
    count: Number(count),
  }));
}

function amountOf(text: string): number {
  const [, digits, unit = ''] = /^(\d+)([KMGT]?)$/.exec(text) ?? [];
  return Number(digits) * 1024 ** ['', 'K', 'M', 'G', 'T'].indexOf(unit);
}

export const countOf = (buckets: readonly PrintedBucket[]): number =>
  buckets.reduce((sum, { count }) => sum + count, 0);

/** The bucket that the median is in. */
export function medianBucketOf(buckets: readonly PrintedBucket[]): PrintedBucket {
  let left = countOf(buckets) / 2;
  for (const bucket of buckets) {
    left -= bucket.count;
    if (left <= 0) return bucket;
  }
  throw new Error('a histogram without a sample has no median');
}
