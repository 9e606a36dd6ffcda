// The forwarder's own time: what the leg says against what the forwarder itself has measured, packet by packet.
// Catches: a leg that begins or ends at another hook, that pairs two packets, or that loses the slow ones.

import { once } from 'node:events';
import { closeSync, writeSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Cleanup } from '../../../src/bench/cleanup.js';
import { runCommand } from '../../../src/bench/command.js';
import type { BuiltPath } from '../../../src/bench/path.js';
import type { Scope } from '../../../src/bench/scope.js';
import { startTied } from '../../../src/bench/tiedProcess.js';
import { configureEnds, makeEnds } from '../../../src/bench/topologies/ends.js';
import { inNetns } from '../../../src/libbpf/libc.js';
import {
  bindSocket,
  connectSocket,
  DatagramReceiver,
  openDatagramSocket,
} from '../../../src/libbpf/sockets.js';
import { percentilesIn } from '../../../src/measure/percentiles.js';
import type { LegLine, Snapshot } from '../../../src/measure/snapshot.js';
import { Measurement } from '../../../src/measurement.js';
import { waitUntil } from '../../bench/realHost.js';
import { kernelTest } from '../support/kernelTest.js';

const program = fileURLToPath(new URL('./slowForwarder.js', import.meta.url));

interface SlowForwarder {
  readonly path: BuiltPath;
  residencesNs(): Promise<number[]>;
}

async function buildSlow(packets: number, meanUs: number, scope: Scope): Promise<SlowForwarder> {
  const ends = await makeEnds('tun', scope);
  const args = [ends.generatorNetns, ends.sinkNetns, String(packets), String(meanUs)];
  const command = [process.execPath, program, ...args];
  const { child, ended } = startTied('slow forwarder', command, ['ignore', 'pipe', 'pipe'], scope);
  if (!child.stdout) throw new Error('the slow forwarder has no output');
  const lines = createInterface({ input: child.stdout });
  const failed = ended.then((how) => Promise.reject(new Error(`the slow forwarder ${how}`)));
  failed.catch(() => {});
  const line = () => Promise.race([once(lines, 'line').then(([text]) => String(text)), failed]);
  await line();
  const told = line();
  const built = await configureEnds(ends, { generator: 'tun0', sink: 'tun1' }, null, scope);
  // All packets wait there at once.
  const length = ['txqueuelen', String(2 * packets)];
  await runCommand('ip', ['-n', ends.generatorNetns, 'link', 'set', 'tun0', ...length]);
  const path = { ...built, middlePid: child.pid ?? null, middleFailure: () => null };
  return { path, residencesNs: async () => JSON.parse(await told) as number[] };
}

const legOf = ({ legs }: Snapshot, name: LegLine['leg']): LegLine => {
  const found = legs.find(({ leg }) => leg === name);
  if (!found) throw new Error(`no leg ${name} in ${JSON.stringify(legs.map(({ leg }) => leg))}`);
  return found;
};

/** Sends packets that all differ; on tun each is in the ring when this returns. */
function openSender({ generatorNetns, sinkNetns, sinkAddress, sinkPort }: BuiltPath, scope: Scope) {
  const openIn = (netns: string) => {
    const fd = inNetns(netns, () => openDatagramSocket(socketBytes));
    scope.cleanup.add('close a socket', () => closeSync(fd));
    return fd;
  };
  const sink = openIn(sinkNetns);
  bindSocket(sink, sinkAddress, sinkPort);
  const receiver = new DatagramReceiver(sink, 64, payloadBytes);
  const fd = openIn(generatorNetns);
  connectSocket(fd, sinkAddress, sinkPort);
  const payload = Buffer.alloc(payloadBytes);
  let [sent, received] = [0, 0];
  return {
    send: (isPriming: boolean): void => {
      payload.writeUInt8(isPriming ? 0xff : 0, 0);
      payload.writeUInt32BE(++sent, 1);
      writeSync(fd, payload);
    },
    haveAllArrived: (): boolean => {
      received += receiver.receive(() => {});
      return received === sent;
    },
  };
}

const payloadBytes = 22;
const socketBytes = 4 * 1024 * 1024;
/** What slowForwarder.ts makes of the mean that it is given. */
const meanFactor = 1.15;
const percentiles = [50, 90, 99];

/** As HdrHistogram counts: the least value that so many per cent do not exceed. */
const percentileOf = (sortedNs: readonly number[], percentile: number): number =>
  sortedNs[Math.ceil((percentile / 100) * sortedNs.length) - 1] ?? Number.NaN;

/** On a path of its own, which is gone afterwards. */
async function measureResidence(packets: number, meanUs: number, outer: Scope) {
  const scope = { ...outer, cleanup: new Cleanup() };
  const remove = outer.cleanup.add('remove the path', () => scope.cleanup.run());
  const { path, residencesNs } = await buildSlow(packets, meanUs, scope);
  const include = path.devices.map(({ netns, device }) => `${netns}/${device}`);
  // The last packet waits in the ring for all others; twice that, for a busy host.
  const quietMs = 500 + (2 * packets * meanUs * meanFactor) / 1_000;
  const measurement = Measurement.start({ include, journeys: { every: 1, quietMs } });
  scope.cleanup.add('detach', () => measurement.close());
  const { send, haveAllArrived } = openSender(path, scope);
  const isLearnt = () => {
    send(true);
    return measurement.devices.length === 2;
  };
  if (!(await waitUntil(isLearnt, 5))) throw new Error('not learnt');
  if (!(await waitUntil(haveAllArrived, 5))) throw new Error('the priming packets do not arrive');
  measurement.restart();
  for (let sent = 0; sent < packets; sent++) send(false);
  const real = (await residencesNs()).toSorted((a, b) => a - b);
  await measurement.finish();
  const snapshot = measurement.snapshot();
  await remove();
  return { snapshot, leg: legOf(snapshot, 'forwarder'), real: percentiles.map((p) => percentileOf(real, p)) };
}

kernelTest("the leg is the forwarder's own time, whatever that is", ['tun'], async (t, scope) => {
  // What lies between the hooks and the forwarder's own clock: the rest of the read, and the write as far as its hook.
  const floor = await measureResidence(2_000, 0, scope);
  const floorNs = floor.leg.p999Ns ?? 0;
  t.log(`floor: p50 ${floor.leg.p50Ns}, p99.9 ${floorNs} ns`);
  for (const [meanUs, packets] of [
    [100, 3_000],
    [1_000, 1_000],
    [20_000, 150],
  ] as const) {
    const { snapshot, leg, real } = await measureResidence(packets, meanUs, scope);
    t.is(leg.count, packets);
    t.like(snapshot.journeys, { begun: packets, whole: packets, ambiguous: 0, evicted: 0, unreturned: [] });
    const measured = percentilesIn(leg, percentiles);
    t.log(`${meanUs} µs: measured ${measured}, real ${real.map(Math.round)} ns`);
    measured.forEach((ns, at) => {
      const realNs = real[at] ?? Number.NaN;
      t.true((ns ?? 0) >= realNs * 0.99, `p${percentiles[at]}: ${ns} ns, but the packet stayed ${realNs} ns`);
      t.true((ns ?? 0) <= realNs * 1.03 + floorNs, `p${percentiles[at]}: ${ns} ns of ${realNs} ns`);
    });
  }
});
