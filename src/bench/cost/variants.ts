// What is held against each other: which programs stand on the hooks while the load goes by.
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { VifscopeError } from '../../errors.js';
import type { Hook } from '../../kernel/hooks.js';
import { BpfObject } from '../../libbpf/object.js';
import type { Segment } from '../../measure/segments.js';
import { Measurement } from '../../measurement.js';
import { primePath } from '../load/offerLoad.js';
import type { BuiltPath } from '../path.js';
import type { Scope } from '../scope.js';
import { startMeasuring } from '../startMeasuring.js';

/**
 * empty: programs that return at once. clock: programs that read the clock. others: vifscope, asked to measure other
 * devices than those of the load.
 */
export const variantNames = ['empty', 'clock', 'vifscope', 'backlog', 'others'] as const;
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
    case 'others':
      return attachToOthers(path, scope);
  }
}

const floorObject = fileURLToPath(new URL('../../../../bpf/floor.bpf.o', import.meta.url));

export function attachFloor(name: 'empty' | 'clock'): Variant {
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
export const hooksBesideBacklog: readonly Hook[] = [
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
  const measurement = await startMeasuring([path], scope, { without });
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

/** Longer than a device ever takes to be learnt. */
const learningMs = 500;

/** The load's devices are learnt by its first packets, and known from then on as nobody's business. */
async function attachToOthers(path: BuiltPath, scope: Scope): Promise<Variant> {
  const measurement = Measurement.start({
    exclude: path.devices.map(({ netns, device }) => `${netns}/${device}`),
  });
  scope.cleanup.add('detach', () => measurement.close());
  await primePath(path, scope);
  await sleep(learningMs, undefined, { signal: scope.signal });
  measurement.restart();
  return {
    finish: async () => {
      await measurement.finish();
      const { segments, turnedAway } = measurement.snapshot();
      const measured = segments.filter(({ netns, count }) => count > 0 && netns === path.generatorNetns);
      if (measured.length > 0 || turnedAway.unlearnedHookRuns > 0)
        throw notMeasured(
          [],
          measured.map(({ segment }) => segment),
        );
      return null;
    },
    close: () => measurement.close(),
  };
}

const notMeasured = (expected: readonly Segment[], segments: readonly Segment[]): VifscopeError =>
  new VifscopeError({
    code: 'FAILED',
    operation: 'measure',
    object: expected.join(', ') || 'devices that are left out',
    reason: `the packets were seen in ${segments.join(', ') || 'no segment'}`,
    remedy: 'see vifscope doctor for missing hooks',
  });
