// What is held against each other: which programs stand on the hooks while the load goes by.
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { VifscopeError } from '../../errors.js';
import { type Hook, hookNames } from '../../kernel/hooks.js';
import { BpfObject } from '../../libbpf/object.js';
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
      return attachVifscope([], path, scope);
    case 'backlog':
      return attachVifscope(hooksBesideBacklog, path, scope);
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

const backlogHooks: readonly Hook[] = [
  'net_dev_start_xmit',
  'netif_receive_skb',
  'napi_gro_receive_entry',
  'kfree_skb',
];
const hooksBesideBacklog = hookNames.filter((hook) => !backlogHooks.includes(hook));

async function attachVifscope(without: readonly Hook[], path: BuiltPath, scope: Scope): Promise<Variant> {
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
      const counts = measurement.snapshot().segments.map((line) => line.count);
      return Math.min(...counts.filter((count) => count > 0));
    },
    close: () => measurement.close(),
  };
}

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
