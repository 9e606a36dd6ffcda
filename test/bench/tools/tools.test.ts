// Tools of others over a real path: what they say of their packets is what the kernel's counters say, and nothing of
// them is left. Catches: a server or route that stays, counters of other packets, a parser that misreads.
import { execFileSync } from 'node:child_process';
import test, { type ExecutionContext } from 'ava';
import { buildPath } from '../../../src/bench/buildPath.js';
import { sockperfReplyEvery } from '../../../src/bench/children/framing.js';
import { runCommand } from '../../../src/bench/command.js';
import type { BuiltPath, PathName } from '../../../src/bench/path.js';
import type { ToolResult } from '../../../src/bench/result/schema.js';
import type { Scope } from '../../../src/bench/scope.js';
import { askSockperf } from '../../../src/bench/tools/asking.js';
import { groundOf } from '../../../src/bench/tools/ground.js';
import { iperf3 } from '../../../src/bench/tools/iperf3.js';
import { netperf } from '../../../src/bench/tools/netperf.js';
import { runTool } from '../../../src/bench/tools/run.js';
import { sockperf } from '../../../src/bench/tools/sockperf.js';
import type { Tool } from '../../../src/bench/tools/tool.js';
import { trafgen } from '../../../src/bench/tools/trafgen.js';
import { missingOf } from '../../kernel/support/needs.js';
import { childrenOf, realTest } from '../realHost.js';
import { useCachedNetperf } from './cachedNetperf.js';

useCachedNetperf();

const load = { packetsPerSecond: 20_000, payloadBytes: 64, seconds: 2, senderCpu: null, receiverCpu: null };

type Prepare = (path: BuiltPath) => Promise<void>;

async function run(
  tool: Tool,
  name: PathName,
  t: ExecutionContext,
  scope: Scope,
  prepare?: Prepare,
): Promise<ToolResult> {
  const path = await buildPath(name, scope);
  const ground = groundOf(path);
  if (ground === null) throw new Error(`tools have no ground on the ${name} path`);
  const ip = (...args: string[]) => execFileSync('ip', args, { encoding: 'utf8' });
  const state = () => [
    ip('-n', path.sinkNetns, 'route', 'show', 'table', 'all'),
    ip('-n', path.sinkNetns, 'neighbour', 'show', 'nud', 'all'),
    ip('netns', 'pids', path.sinkNetns),
    childrenOf(process.pid),
  ];
  await prepare?.(path);
  const before = state();
  const result = await runTool(tool, ground, load, scope);
  t.log(JSON.stringify(result));
  t.deepEqual(state(), before);
  return result;
}

function toolTest(
  tool: Tool,
  path: PathName,
  what: string,
  check: (t: ExecutionContext, result: ToolResult) => void,
  prepare?: Prepare,
): void {
  const title = `${tool.name} on the ${path} path: ${what}`;
  const missing = missingOf([tool.name]);
  if (missing === null)
    realTest(path, title, async (t, scope) => check(t, await run(tool, path, t, scope, prepare)));
  else test.skip(`${title} (skipped: ${missing})`, () => {});
}

const figureOf = ({ figures }: ToolResult, name: string): number => figures[name] ?? Number.NaN;
const areNear = (a: number, b: number): boolean => Math.abs(a / b - 1) < 0.05;

/** Half the load's rate, so that about half is lost. */
async function addBucket({ generatorNetns, devices }: BuiltPath): Promise<void> {
  const frameBytes = 14 + 20 + 8 + load.payloadBytes;
  const rate = `${(load.packetsPerSecond / 2) * frameBytes * 8}bit`;
  const bucket = ['rate', rate, 'burst', String(frameBytes * 32), 'limit', String(frameBytes * 100)];
  const device = devices[0]?.device ?? '';
  await runCommand('tc', ['-n', generatorNetns, 'qdisc', 'add', 'dev', device, 'root', 'tbf', ...bucket]);
}

toolTest(
  iperf3,
  'veth',
  'loses what the counters say is lost',
  (t, result) => {
    t.is(result.reason, null);
    t.true(figureOf(result, 'lossRatio') > 0.3);
    // What was lost behind the last packet that came, iperf3 does not know of.
    t.true(Math.abs(figureOf(result, 'lossRatio') - figureOf(result, 'countedLossRatio')) < 0.01);
    t.true(areNear(figureOf(result, 'packetsPerSecond'), figureOf(result, 'countedPacketsPerSecond')));
  },
  addBucket,
);

toolTest(sockperf, 'bridge', 'round trips by a way back that is gone afterwards', (t, result) => {
  t.is(result.reason, null);
  const [sent, answered] = ['sentPackets', 'roundTrips'].map((name) => figureOf(result, name));
  t.true((answered ?? 0) > 0 && (answered ?? 0) < (sent ?? 0) / 5);
  t.true(figureOf(result, 'roundTripP50Ns') >= figureOf(result, 'roundTripMinNs'));
  t.true(areNear(figureOf(result, 'packetsPerSecond'), figureOf(result, 'countedPacketsPerSecond')));
});

// It sends as fast as it can, so that here and there its server's socket is full; a packet is read or it isn't.
toolTest(netperf, 'veth', 'sent and was given what UDP counts', (t, result) => {
  t.is(result.reason, null);
  const [sent, lost] = ['sentPackets', 'lostPackets'].map((name) => figureOf(result, name));
  t.true(areNear(sent ?? 0, figureOf(result, 'countedSentPackets')));
  t.true(
    areNear(
      (sent ?? 0) - (lost ?? 0),
      figureOf(result, 'countedSentPackets') - figureOf(result, 'countedLostPackets'),
    ),
  );
  t.true(areNear(figureOf(result, 'packetsPerSecond'), figureOf(result, 'countedPacketsPerSecond')));
});

// What the device refuses, trafgen has not sent; what is lost behind the device, it has.
for (const path of ['veth', 'tun'] as const)
  toolTest(trafgen, path, 'says that it sent what the device took', (t, result) => {
    t.is(result.reason, null);
    const [sent, counted] = [figureOf(result, 'sentPackets'), figureOf(result, 'countedSentPackets')];
    t.true(sent > 0 && sent <= counted);
    t.true(sent >= counted - figureOf(result, 'countedLostPackets'));
  });

toolTest(iperf3, 'tun', 'is not run one way', (t, result) => {
  t.regex(result.reason ?? '', /no way back/);
  t.deepEqual(result.figures, {});
});

realTest('veth', 'a tool that is not installed says what installs it', async (t, scope) => {
  const ground = groundOf(await buildPath('veth', scope));
  if (ground === null) throw new Error('tools have no ground on the veth path');
  const absent = { ...iperf3, versionCommand: ['vifscope-has-no-such-tool'] };
  const result = await runTool(absent, ground, load, scope);
  t.like(result, { figures: {}, version: '', reason: 'not installed: apt install iperf3' });
});

const missing = missingOf(['sockperf', 'kernel']);
const asking = 'a sockperf server answers our generator: each message that wants it, once';
if (missing !== null) test.skip(`${asking} (skipped: ${missing})`, () => {});
else
  realTest('veth', asking, async (t, scope) => {
    const ground = groundOf(await buildPath('veth', scope));
    if (ground === null) throw new Error('tools have no ground on the veth path');
    const asked = { ...load, packetsPerSecond: 2_000, seconds: 1 };
    const { sent, roundTrips, lateness } = await askSockperf(ground, asked, scope, () => {});
    t.log(JSON.stringify({ sent, roundTrips: { ...roundTrips, histogram: '' } }));
    t.is(sent, 2_000);
    t.is(roundTrips.count, sent / sockperfReplyEvery);
    // A round trip is counted from the scheduled time, so that no answer can be there before a message has left.
    t.true((roundTrips.minNs ?? 0) > (lateness.minNs ?? 0));
  });
