// The three comparisons, one round of each, over one veth path.
import { runCommand } from '../command.js';
import { placeDrops } from '../drops/placeDrops.js';
import { readPathCounters } from '../drops/readCounters.js';
import { endlessLoad } from '../load/ceiling.js';
import { type Drain, openDrain } from '../load/drain.js';
import { Generator, generatorInputOf } from '../load/generator.js';
import { oneSize } from '../load/plan.js';
import type { BuiltPath } from '../path.js';
import { type Pinning, pinGenerator } from '../pinning.js';
import type { ToolResult } from '../result/schema.js';
import type { Scope } from '../scope.js';
import { askedPayloadBytes, askSockperf } from './asking.js';
import { type Comparison, comparison } from './comparisons.js';
import type { Ground } from './ground.js';
import { iperf3 } from './iperf3.js';
import { runTool, type ToolLoad } from './run.js';
import { sockperf } from './sockperf.js';
import { compareStreams } from './streaming.js';
import { trafgen } from './trafgen.js';

export interface Sending {
  readonly pinning: Pinning;
  readonly packetsPerSecond: number;
  readonly seconds: number;
}

interface Surface extends Sending {
  readonly path: BuiltPath;
  readonly ground: Ground;
}

const frameBytes = 64;
const payloadBytes = 22;

const loadOf = ({ packetsPerSecond, seconds, pinning }: Sending, bytes = payloadBytes): ToolLoad => ({
  packetsPerSecond,
  seconds,
  payloadBytes: bytes,
  senderCpu: pinning.generator[0] ?? null,
  receiverCpu: pinning.others[0] ?? null,
});

/** Those of any tool that are compared here, by their names in its result. */
type ComparedFigure =
  | 'packetsPerSecond'
  | 'countedPacketsPerSecond'
  | 'lossRatio'
  | 'countedLossRatio'
  | 'countedSentPackets'
  | 'roundTripMinNs'
  | 'roundTripP50Ns'
  | 'roundTripP90Ns'
  | 'roundTripP99Ns';
type Figures = Partial<Record<ComparedFigure, number | null>>;

/** @throws Error where there are none */
function figuresOf({ tool, figures, reason }: ToolResult): Figures {
  if (reason !== null) throw new Error(`${tool}: ${reason}`);
  return figures;
}

/** iperf3 into a bucket of half its rate: its word, what UDP counts at both ends, and the drops that we place. */
export async function compareLoss(surface: Surface, scope: Scope): Promise<Comparison[]> {
  const { path, ground, packetsPerSecond } = surface;
  const { netns, device } = ground.generator;
  const rate = `${Math.round((packetsPerSecond / 2) * frameBytes * 8)}bit`;
  const bucket = ['tbf', 'rate', rate, 'burst', String(frameBytes * 32), 'limit', String(frameBytes * 100)];
  await runCommand('tc', ['-n', netns, 'qdisc', 'replace', 'dev', device, 'root', ...bucket]);
  const before = await readPathCounters(path.devices);
  const said = figuresOf(await runTool(iperf3, ground, loadOf(surface), scope));
  const drops = placeDrops(before, await readPathCounters(path.devices));
  await runCommand('tc', ['-n', netns, 'qdisc', 'delete', 'dev', device, 'root']);
  const { lossRatio, countedLossRatio, countedSentPackets } = said;
  const dropped = drops.reduce((sum, { count }) => sum + count, 0);
  return [
    ...comparison('iperf3, packets/s', said.packetsPerSecond, said.countedPacketsPerSecond),
    ...comparison('iperf3, share lost, counted by UDP', lossRatio, countedLossRatio),
    ...comparison('iperf3, share lost, drops placed', lossRatio, dropped / (countedSentPackets ?? 0)),
  ];
}

/** On the same CPU, into a device that drops all. */
export async function compareDrained(sending: Sending, scope: Scope): Promise<Comparison[]> {
  const drain = await openDrain(scope);
  try {
    const said = figuresOf(await runTool(trafgen, groundOfDrain(drain), loadOf(sending), scope));
    const ours = await mostOf(sending, drain.input, scope);
    const theirs = said.countedPacketsPerSecond;
    return [
      ...comparison('trafgen, packets/s into a drain, our many a call', theirs, ours.batch),
      ...comparison('trafgen, packets/s into a drain, our one a call', theirs, ours.single),
    ];
  } finally {
    await drain.remove();
  }
}

/** On the same CPU, over the path. */
export async function compareCarried(surface: Surface, scope: Scope): Promise<Comparison[]> {
  const said = figuresOf(await runTool(trafgen, surface.ground, loadOf(surface), scope));
  const { batch } = await mostOf(surface, generatorInputOf(surface.path), scope);
  return [
    ...(await compareStreams(surface, { ...loadOf(surface), frameBytes }, scope)),
    ...comparison('trafgen, packets/s over veth', said.packetsPerSecond, batch),
    ...comparison('trafgen, its packets/s, counted', said.packetsPerSecond, said.countedPacketsPerSecond),
  ];
}

const groundOfDrain = ({ input, device }: Drain): Ground => ({
  path: 'veth',
  generator: { netns: input.netns, device, address: input.sourceAddress },
  sink: { netns: input.netns, device, address: input.sinkAddresses[0] ?? '' },
  macs: null,
  goesBothWays: false,
});

async function mostOf(
  { pinning, seconds }: Sending,
  input: Drain['input'],
  scope: Scope,
): Promise<Record<'single' | 'batch', number>> {
  const generator = await Generator.start(input, scope);
  pinGenerator(generator.pid, pinning);
  const load = endlessLoad({ sizes: oneSize(frameBytes), flows: 1 }, seconds);
  try {
    const single = (await generator.send(load, 1, 'single')).reachedPacketsPerSecond;
    return { single, batch: (await generator.send(load, 1, 'batch')).reachedPacketsPerSecond };
  } finally {
    await generator.stop();
  }
}

/** The same server, asked by sockperf and by our generator. */
export async function compareRoundTrips(surface: Surface, scope: Scope): Promise<Comparison[]> {
  const { ground, pinning } = surface;
  const load = loadOf(surface, askedPayloadBytes);
  const said = figuresOf(await runTool(sockperf, ground, load, scope));
  const { roundTrips } = await askSockperf(ground, load, scope, (pid) => pinGenerator(pid, pinning));
  return [
    ...comparison('sockperf, round trip min, ns', said.roundTripMinNs, roundTrips.minNs),
    ...comparison('sockperf, round trip p50, ns', said.roundTripP50Ns, roundTrips.p50Ns),
    ...comparison('sockperf, round trip p90, ns', said.roundTripP90Ns, roundTrips.p90Ns),
    ...comparison('sockperf, round trip p99, ns', said.roundTripP99Ns, roundTrips.p99Ns),
  ];
}
