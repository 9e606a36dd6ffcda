// Whatever libbpf of 1.x a Debian suite carries, the outcome is the same. Catches: a function or a result that
// depends on the release, which a host with one libbpf never shows.
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import test, { type ExecutionContext } from 'ava';
import { buildPath } from '../../src/bench/buildPath.js';
import { RunningDaemon } from '../../src/bench/service/runDaemon.js';
import type { Check } from '../../src/host/check.js';
import type { Snapshot } from '../../src/measure/snapshot.js';
import { type RunOptions, run } from '../cli/vifscope.js';
import { type Ground, groundTest } from '../kernel/devices/ground.js';
import { addPair, rightAddress } from '../kernel/devices/links.js';
import { kernelTest } from '../kernel/support/kernelTest.js';
import { accountsOf, assertBalanced, assertOrdinary } from '../kernel/support/lines.js';
import { Flow } from '../vm/inside/flow.js';
import type { SampleCount } from '../vm/passage.js';
import { countIn, devicesIn, growth, samplesIn } from '../vm/service/metrics.js';
import { findLibrary } from './cachedLibrary.js';

const suites = ['bookworm', 'bookworm-backports', 'trixie', 'sid'];
const program = fileURLToPath(new URL('fixtures/measurePair.js', import.meta.url));
const packets = 1_000;
/** Each device is announced by its first packet and learnt a moment later. */
const mostTurns = 500;
const limitMs = 30_000;
const hostsOwn: Required<RunOptions> = { env: {}, through: [] };

for (const suite of suites) {
  const library = findLibrary(suite);
  if (library === null) {
    test.skip(`libbpf of ${suite} (skipped: run scripts/fetch-libbpf.sh ${suite})`, () => {});
    continue;
  }
  const { version, options, asHosts } = library;

  groundTest(`doctor says the same with libbpf ${version} of ${suite}`, async (t) => {
    const [own, other] = [await checksWith(t, hostsOwn), await checksWith(t, options)];
    t.is(other.find(isLibbpf)?.detail, version);
    t.deepEqual(other.filter(isNotLibbpf), own.filter(isNotLibbpf));
  });

  groundTest(`a measurement is exact with libbpf ${version} of ${suite}`, async (t, ground) => {
    const own = await measureWith(ground, hostsOwn);
    const other = await measureWith(ground, options);
    t.is(other.host.libbpf, version);
    t.deepEqual(other.hooks, own.hooks);
    for (const snapshot of [own, other]) {
      assertBalanced(t, snapshot);
      for (const line of snapshot.accounting) assertOrdinary(t, line);
      t.is(accountsOf(snapshot, 'v0', 'driver').matched, packets);
      t.is(accountsOf(snapshot, 'v1', 'backlog').matched, packets);
    }
    t.deepEqual(countsByName(other), countsByName(own));
  });

  kernelTest(`the service counts with libbpf ${version} of ${suite}`, [], async (t, scope) => {
    const path = await buildPath('veth', scope);
    const include = path.devices.map(({ netns, device }) => `${netns}/${device}`);
    const daemon = await RunningDaemon.start({ devices: { include } }, scope, asHosts);
    const samples = await countedBy(daemon, new Flow(path), t);
    t.is(countIn(samples, 'veth0', 'driver'), packets);
    t.is(countIn(samples, 'veth1', 'backlog'), packets);
    const page = await (await fetch(`${daemon.url}/metrics`)).text();
    t.is(/^vifscope_build_info\{.*libbpf="([^"]*)"/m.exec(page)?.[1], version);
    daemon.signal('SIGTERM');
    t.regex(await daemon.ended, /^ended with status 0/);
  });
}

/** Traffic of both, and of no other, in the service's metrics. */
async function countedBy(daemon: RunningDaemon, flow: Flow, t: ExecutionContext): Promise<SampleCount[]> {
  const page = async () => (await fetch(`${daemon.url}/metrics`)).text();
  for (let turn = 0; turn < mostTurns && devicesIn(await page()).length < 2; turn++) await flow.carry(1);
  const before = samplesIn(await page());
  const { sent, received } = await flow.carry(packets);
  t.is(received, sent);
  return growth(before, samplesIn(await page()));
}

const isLibbpf = ({ name }: Check): boolean => name === 'libbpf';
const isNotLibbpf = (check: Check): boolean => !isLibbpf(check);

/** Devices come in the order of their namespaces' numbers, which are new ones in every measurement. */
const countsByName = ({ segments }: Snapshot) =>
  segments.map(({ device, segment, count }) => `${device} ${segment} ${count}`).sort();

async function checksWith(t: ExecutionContext, options: RunOptions): Promise<Check[]> {
  const { status, stdout, stderr } = await run(t, ['doctor', '--json'], options);
  t.deepEqual([status, stderr], [0, '']);
  return (JSON.parse(stdout) as { checks: Check[] }).checks;
}

async function measureWith(ground: Ground, { through, env }: Required<RunOptions>): Promise<Snapshot> {
  const [from, to] = [await ground.netns(), await ground.netns()];
  await addPair({ left: 'v0', right: 'v1', leftNetns: from, rightNetns: to, number: 1 });
  const words = [...through, process.execPath, program, from, to, rightAddress(1), String(packets)];
  const { stdout } = await promisify(execFile)(words[0] ?? '', words.slice(1), {
    env: { ...process.env, ...env },
    timeout: limitMs,
    maxBuffer: 1 << 24,
  });
  return JSON.parse(stdout) as Snapshot;
}
