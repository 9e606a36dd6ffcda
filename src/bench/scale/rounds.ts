// Rounds: on the ground of one pair and on the other, with empty programs and with vifscope, all in turn.

import { VifscopeError } from '../../errors.js';
import { readProgramTotals } from '../cost/programTotals.js';
import type { Runs } from '../cost/runStatistics.js';
import { attachFloor } from '../cost/variants.js';
import { turned } from '../overhead/turns.js';
import type { BuiltPath } from '../path.js';
import type { Scope } from '../scope.js';
import { startMeasuring } from '../startMeasuring.js';
import type { Ground } from './grounds.js';
import { sendThrough } from './sending.js';

export interface ScaleTurn {
  readonly packets: number;
  readonly runs: Runs;
}

/** One round: each ground with each set of programs. */
export interface ScaleRound {
  readonly one: Readonly<Record<Variant, ScaleTurn>>;
  readonly more: Readonly<Record<Variant, ScaleTurn>>;
}

const variants = ['empty', 'vifscope'] as const;
type Variant = (typeof variants)[number];

const packetsPerSecond = 100_000;
/** Each device is announced and learnt a moment later, and only so many at once: it is to be seen again and again. */
const primingPacketsADevice = 8;
const primingPacketsPerSecond = 2_000;

export async function runScaleRounds(
  one: Ground,
  more: Ground,
  { rounds, packets }: { readonly rounds: number; readonly packets: number },
  scope: Scope,
): Promise<ScaleRound[]> {
  const done: ScaleRound[] = [];
  for (let round = 0; round < rounds; round++) {
    const turns = { one: {}, more: {} } as Record<keyof ScaleRound, Partial<Record<Variant, ScaleTurn>>>;
    for (const place of turned(['one', 'more'] as const, round))
      for (const variant of turned(variants, round))
        turns[place][variant] = await runTurn(place === 'one' ? one : more, variant, packets, scope);
    done.push(turns as ScaleRound);
  }
  return done;
}

async function runTurn(ground: Ground, variant: Variant, packets: number, scope: Scope): Promise<ScaleTurn> {
  const attached = variant === 'empty' ? attachFloor('empty') : await attachVifscope(ground, scope);
  try {
    const before = readProgramTotals(process.pid);
    const load = { packetsPerSecond, seconds: packets / packetsPerSecond, flows: ground.flows };
    const sent = await sendThrough(ground.loaded, load, scope);
    const after = readProgramTotals(process.pid);
    const runs = { count: after.count - before.count, totalNs: after.totalNs - before.totalNs };
    return { packets: sent, runs };
  } finally {
    attached.close();
  }
}

async function attachVifscope({ measured, limits, waiting }: Ground, scope: Scope) {
  const prime = (path: BuiltPath) => {
    const seconds = (primingPacketsADevice * path.devices.length) / primingPacketsPerSecond;
    const load = { packetsPerSecond: primingPacketsPerSecond, seconds, flows: 1 };
    return path === waiting?.path ? waiting.send(load) : sendThrough(path, load, scope);
  };
  const measurement = await startMeasuring(measured, scope, limits ? { limits } : {}, prime);
  if (waiting) {
    await waiting.refill();
    const ring = measurement.snapshot().accounting.find(({ segment }) => segment === 'ring');
    if ((ring?.inFlight ?? 0) < waiting.packets * leastShare) throw notWaiting(ring?.inFlight ?? 0);
  }
  return measurement;
}

/** A full set of the in-flight table turns a few of them out. */
const leastShare = 0.8;

const notWaiting = (packets: number): VifscopeError =>
  new VifscopeError({
    code: 'FAILED',
    operation: 'keep packets waiting in',
    object: 'a tun that nobody reads',
    reason: `${packets} are in flight`,
    remedy: 'run it again with nothing else busy on this host',
  });
