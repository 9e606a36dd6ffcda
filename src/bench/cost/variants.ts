// What is held against each other: which programs stand on the hooks while the load goes by.
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { VifscopeError } from '../../errors.js';
import type { Hook } from '../../kernel/hooks.js';
import { BpfObject } from '../../libbpf/object.js';
import type { Segment } from '../../measure/segments.js';
import { Measurement } from '../../measurement.js';
import { primePath } from '../load.js';
import type { BuiltPath } from '../path.js';
import type { Scope } from '../scope.js';

/** empty: programs that return at once. clock: programs that read the clock. */
export const variantNames = ['empty', 'clock', 'vifscope', 'backlog'] as const;
export type VariantName = (typeof variantNames)[number];

export interface Variant {
  /** Ends the measurement. @returns the fewest packets that any segment has matched; null: none is measured */
  finish(): Promise<number | null>;
  close(): void;
}

/** Attaches a variant's programs, ready for the load. */
export function attachVariant(name: VariantName, path: BuiltPath, scope: Scope): Promise<Variant> {
  switch (name) {
    case 'empty':
    case 'clock':
      return Promise.resolve(attachFloor(name));
    case 'vifscope':
      return attachVifscope([], ['driver', 'backlog'], path, scope);
    case 'backlog':
      return attachVifscope(hooksBesideBacklog, ['backlog'], path, scope);
  }
}

const floorObject = fileURLToPath(new URL('../../../../bpf/floor.bpf.o', import.meta.url));

function attachFloor(name: 'empty' | 'clock'): Variant {
  const object = BpfObject.open(floorObject);
  try {
    const programs = object.programNames.filter((program) => program.startsWith(`${name}_`));
    for (const program of programs) object.select(program);
    object.load();
    for (const program of programs) object.attach(program);
  } catch (error) {
    object.close();
    throw error;
  }
  return { finish: () => Promise.resolve(null), close: () => object.close() };
}

/** Left out, they leave the backlog segment alone. */
const hooksBesideBacklog: readonly Hook[] = [
  'net_dev_queue',
  'net_dev_xmit',
  'skb_copy_datagram_iovec',
  'tun_get_user',
  'tun_sendmsg',
];

async function attachVifscope(
  without: readonly Hook[],
  expected: readonly Segment[],
  path: BuiltPath,
  scope: Scope,
): Promise<Variant> {
  const include = path.devices.map(({ netns, device }) => `${netns}/${device}`);
  const measurement = Measurement.start({ include, without });
  try {
    await primePath(path, scope);
    await allLearnt(measurement, include.length, scope.signal);
  } catch (error) {
    measurement.close();
    throw error;
  }
  measurement.restart();
  return {
    finish: async () => {
      await measurement.finish();
      const measured = measurement.snapshot().segments.filter((line) => line.count > 0);
      const segments = measured.map((line) => line.segment).toSorted();
      // Other segments would have other programs: the figures would not be what they are called.
      if (segments.join() !== expected.toSorted().join()) throw notMeasured(expected, segments);
      return Math.min(...measured.map((line) => line.count));
    },
    close: () => measurement.close(),
  };
}

const notMeasured = (expected: readonly Segment[], segments: readonly Segment[]): VifscopeError =>
  new VifscopeError({
    code: 'FAILED',
    operation: 'measure',
    object: expected.join(', '),
    reason: `the packets were seen in ${segments.join(', ') || 'no segment'}`,
    remedy: 'see vifscope doctor for missing hooks',
  });

/** Longer than a device ever takes to be learnt. */
const learnLimitMs = 2_000;
const learnStepMs = 10;

async function allLearnt(measurement: Measurement, devices: number, signal: AbortSignal): Promise<void> {
  for (let waitedMs = 0; measurement.devices.length < devices; waitedMs += learnStepMs) {
    if (waitedMs > learnLimitMs)
      throw new VifscopeError({
        code: 'UNSUPPORTED_HOST',
        operation: 'measure',
        object: 'the veth pair',
        reason: 'packets went over it, but no hook told of it',
        remedy: 'see vifscope doctor for missing hooks',
      });
    await sleep(learnStepMs, undefined, { signal });
  }
}
