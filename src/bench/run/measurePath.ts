// What is measured on a path, in this order: its ceiling, CPU time without and with vifscope, the tail at the rate and
// against the load, and where packets are dropped above the ceiling.
import { defaultQuietMs } from '../../journey/journeys.js';
import type { PacketCost } from '../cpu/split.js';
import { splitOver } from '../cpu/splitOver.js';
import { Loader } from '../load/loader.js';
import { oneSize } from '../load/plan.js';
import type { Trial } from '../load/trial.js';
import type { BuiltPath } from '../path.js';
import { type Pinning, pin, pinGenerator } from '../pinning.js';
import type { Load, PathResult, TailAtRate } from '../result/schema.js';
import type { Scope } from '../scope.js';
import { startMeasuring } from '../startMeasuring.js';
import { readDeviceSettings } from '../surroundings/devices.js';
import { searchCeiling } from './ceiling.js';
import { CostMeter, type Delivered } from './cost.js';
import { heldPacketsOf } from './held.js';
import type { BenchPlan } from './plan.js';
import { isCounted, repeatTrials } from './repeats.js';
import { measureTail, type TailRun } from './tail.js';
import { Trials } from './trials.js';

type Ceiling = PathResult['ceiling'];
type Add = (part: Partial<PathResult>) => void;
type Tell = (text: string) => void;

/** In percent of the ceiling: enough above it that its drops show. */
const percentAbove = 110;
/** A few packets over each device. */
const primingOver = ({ devices }: BuiltPath): Load => ({
  packetsPerSecond: 200,
  durationSeconds: 0.01 * devices.length,
  sizes: oneSize(64),
  flows: 1,
  burst: 1,
});

export async function measurePath(
  path: BuiltPath,
  plan: BenchPlan,
  generatorPacketsPerSecond: number,
  scope: Scope,
  add: Add,
): Promise<void> {
  const tell = (text: string) => scope.progress(`${path.name}: ${text}`);
  add({ settings: await settingsOf(path, plan) });
  const loader = await Loader.open(path, scope, true);
  if (plan.pinning) pinPath(path, loader, plan.pinning);
  const trials = new Trials(path, loader, generatorPacketsPerSecond);
  let ceiling: Ceiling = null;
  if (plan.searches > 0) {
    ceiling = await searchCeiling({ plan, trials, heldPackets: heldPacketsOf(path), tell });
    add({ ceiling });
  }
  const cost = await CostMeter.start(path, loader, scope);
  const off: (PacketCost | null)[] = [];
  tell(`${rateText(plan)}, nothing attached`);
  await trials.warmUp(plan.load);
  await repeatTrials(plan.repeats, () => costed(trials, cost, off)(plan.load));

  const prime = async () => (await loader.run(primingOver(path))).sink.received > 0;
  const journeys = { every: plan.journeysEvery, quietMs: defaultQuietMs };
  const run = { trials, measurement: await startMeasuring([path], scope, { journeys }, prime) };
  const on: (PacketCost | null)[] = [];
  tell(rateText(plan));
  const atRate = await measureTail(run, plan.load, plan.repeats, null, costed(trials, cost, on));
  const [offSplit, onSplit] = [splitOver(off), splitOver(on)];
  add({
    tail: { atRate, overLoad: [] },
    cpu: offSplit && onSplit ? { off: offSplit, on: onSplit } : null,
  });
  if (ceiling) await measureOverLoad(run, plan, ceiling, atRate, add, tell);
}

function pinPath({ middlePid }: BuiltPath, { pids }: Loader, pinning: Pinning): void {
  pinGenerator(pids.generator, pinning);
  pin(pids.sink, pinning.others);
  if (middlePid !== null) pin(middlePid, pinning.others);
}

async function measureOverLoad(
  run: TailRun,
  plan: BenchPlan,
  ceiling: NonNullable<Ceiling>,
  atRate: TailAtRate,
  add: Add,
  tell: Tell,
): Promise<void> {
  const most = ceiling.noDrop.packetsPerSecond ?? ceiling.partialDrop.packetsPerSecond;
  if (most === null) return;
  const levelAt = (percent: number) => {
    tell(`${percent} % of the ceiling`);
    const packetsPerSecond = Math.max(1, Math.floor((most * percent) / 100));
    const load = { ...plan.load, packetsPerSecond, durationSeconds: plan.levelSeconds };
    return measureTail(run, load, 1, percent);
  };
  const overLoad: TailAtRate[] = [];
  for (const percent of plan.levels) {
    overLoad.push(await levelAt(percent));
    add({ tail: { atRate, overLoad: [...overLoad] } });
  }
  add({ ceiling: { ...ceiling, drops: (await levelAt(percentAbove)).drops } });
}

/** Runs a trial between two readings of the CPU meter; a void one delivered nothing that counts. */
const costed = (trials: Trials, cost: CostMeter, costs: (PacketCost | null)[]) => (load: Load) =>
  cost.of(async (): Promise<Delivered<Trial>> => {
    const value = await trials.run(load);
    return {
      delivered: isCounted(value) ? value.result.received : 0,
      waitingNs: value.waitingSeconds * 1e9,
      value,
    };
  }, costs);

const rateText = ({ load, repeats }: BenchPlan): string =>
  `${load.packetsPerSecond} packets/s, ${repeats} times ${load.durationSeconds} s`;

async function settingsOf(path: BuiltPath, plan: BenchPlan): Promise<Record<string, string>> {
  const devices = { ...(await readDeviceSettings(path.devices)), carrier: path.carrier };
  if (path.name === 'tun') return { ...devices, forwarder: plan.forwarder ?? 'our own' };
  if (!path.guest) return devices;
  const { accelerator, vhost, queues } = path.guest;
  const kernel = path.guestKernel ?? 'unknown';
  return { ...devices, accelerator, vhost, 'guest queues': String(queues), 'guest kernel': kernel };
}
