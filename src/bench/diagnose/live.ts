// What a host's own traffic says: measured for a while, then its slow packets traced for as long.
import { setTimeout as sleep } from 'node:timers/promises';
import { tunHolders } from '../../host/tunHolders.js';
import type { Snapshot } from '../../measure/snapshot.js';
import { Measurement } from '../../measurement.js';
import { Tracer, tracePollMs } from '../../tracer.js';
import { startCpuMeter } from '../cpu/meter.js';
import { splitOf } from '../cpu/split.js';
import { splitOver } from '../cpu/splitOver.js';
import { withReasons } from '../drops/withReasons.js';
import type { CpuSplit } from '../result/schema.js';
import type { Scope } from '../scope.js';
import { type Causes, causesOf } from './causes.js';
import type { Evidence } from './finding.js';

export interface LiveOptions {
  /** Globs over names, or "netns/name"; none: every device. */
  readonly include: readonly string[];
  /** Of each of the two parts. */
  readonly durationSeconds: number;
}

export interface Live {
  readonly evidence: Evidence;
  readonly seenNames: readonly string[];
  readonly devices: number;
}

/** @throws VifscopeError UNSUPPORTED_HOST where nothing can be attached */
export async function watchLive({ include, durationSeconds }: LiveOptions, scope: Scope): Promise<Live> {
  scope.progress(`measuring for ${durationSeconds} s`);
  const measurement = Measurement.start({ include });
  const detach = scope.cleanup.add('detach', () => measurement.close());
  const meter = startCpuMeter({ generatorPid: null, sinkPid: null, pathPids: [...tunHolders().keys()] });
  const detachMeter = scope.cleanup.add('detach the CPU meter', () => meter.close());
  const before = meter.read();
  await sleep(durationSeconds * 1_000, undefined, { signal: scope.signal });
  const after = meter.read();
  await measurement.finish();
  const snapshot = measurement.snapshot();
  const { seenNames } = measurement;
  const devices = measurement.devices.length;
  await detachMeter();
  await detach();
  const cost = splitOf(before, after, { delivered: receivedIn(snapshot), waitingNs: 0 }, null);
  scope.progress(`tracing slow packets for ${durationSeconds} s`);
  const causes = await traceCauses({ include, durationSeconds }, scope);
  return { evidence: evidenceOf(snapshot, splitOver([cost]), causes), seenNames, devices };
}

/** Packets that came to a device. */
const receivedIn = ({ segments }: Snapshot): number =>
  segments.filter(({ segment }) => segment === 'backlog').reduce((sum, { count }) => sum + count, 0);

function evidenceOf({ segments, drops }: Snapshot, cpu: CpuSplit | null, causes: Causes): Evidence {
  const netns = [...new Set(drops.map((line) => line.netns))];
  return {
    path: null,
    sent: null,
    drops: withReasons([], drops, netns),
    dropsWhen: null,
    waits: segments.map((line) => ({
      ...line,
      where: `${line.netns}/${line.device} ${line.segment}`,
      kind: line.segment,
    })),
    endToEndP99Ns: null,
    cpu,
    settings: {},
    causes,
  };
}

async function traceCauses({ include, durationSeconds }: LiveOptions, scope: Scope): Promise<Causes> {
  const tracer = new Tracer({ include, slowerThanNs: null });
  const close = scope.cleanup.add('stop tracing', () => tracer.close());
  const packets = [];
  const endMs = performance.now() + durationSeconds * 1_000;
  for (let isLast = false; !isLast; ) {
    isLast = performance.now() >= endMs;
    packets.push(...tracer.poll(isLast));
    await sleep(tracePollMs, undefined, { signal: scope.signal });
  }
  await close();
  return causesOf(packets);
}
