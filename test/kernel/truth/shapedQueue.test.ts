// A token bucket that lets out less than comes in: the wait in its full queue follows from its size and rate.
// Catches: a qdisc segment that ends elsewhere than at the transmit, its stamp lost to the start of the next
// segment, and packets that the queue turns away left in the table.
import { buildPath } from '../../../src/bench/buildPath.js';
import { runCommand } from '../../../src/bench/command.js';
import { offerLoad } from '../../../src/bench/load/offerLoad.js';
import { startMeasuring } from '../../../src/bench/startMeasuring.js';
import { kernelTest } from '../support/kernelTest.js';
import {
  accountsOf,
  assertBalanced,
  describeWaits,
  dropsOn,
  segmentsBut,
  waitsOf,
} from '../support/lines.js';

const frameBytes = 64;
const rateBitsPerSecond = 5_000_000;
const queuedPackets = 1_000;
const limitBytes = queuedPackets * frameBytes;
const mostUnseenShare = 0.01;
/** What a packet waits that finds the queue full: 102.4 ms. */
const fullQueueNs = (limitBytes * 8 * 1e9) / rateBitsPerSecond;

kernelTest('a tbf that holds packets back shows in qdisc alone', ['tc'], async (t, scope) => {
  const path = await buildPath('veth', scope);
  const measurement = await startMeasuring([path], scope);
  const bucket = ['rate', `${rateBitsPerSecond}bit`, 'burst', '2kb', 'limit', `${limitBytes}`];
  const queue = ['qdisc', 'add', 'dev', 'veth0', 'root', 'tbf', ...bucket];
  await runCommand('tc', ['-n', path.generatorNetns, ...queue]);

  // Twice what the bucket lets out: the queue is full after 0.1 s and stays so.
  const load = {
    packetsPerSecond: (2 * rateBitsPerSecond) / (8 * frameBytes),
    durationSeconds: 1,
    frameBytes,
  };
  const { generator, sink } = await offerLoad(path, load, scope);
  await measurement.finish();
  const snapshot = measurement.snapshot();
  t.log(`a full queue takes ${fullQueueNs} ns\n${describeWaits(snapshot)}`);

  const waits = waitsOf(snapshot, 'veth0', 'qdisc');
  t.true(Math.abs(waits.p50Ns - fullQueueNs) < 0.1 * fullQueueNs, `p50 is ${waits.p50Ns} ns`);
  t.true(waits.p99Ns < 1.2 * fullQueueNs, `p99 is ${waits.p99Ns} ns`);
  for (const { device, segment, p99Ns } of segmentsBut(snapshot, 'veth0', 'qdisc'))
    t.true((p99Ns ?? 0) < waits.p50Ns / 10, `${device} ${segment} shows ${p99Ns} ns`);

  assertBalanced(t, snapshot);
  const { started, matched, dropped, expired, evicted, inFlight, unmatched } = accountsOf(
    snapshot,
    'veth0',
    'qdisc',
  );
  t.deepEqual({ started, evicted, unmatched }, { started: generator.sent, evicted: 0, unmatched: 0 });
  // See droppingReceiver.test.ts: where one CPU's queue runs on another, some packets pass unseen.
  const unseen = expired + inFlight;
  t.true(unseen <= mostUnseenShare * generator.sent, `${unseen} packets unseen`);
  t.true(Math.abs(matched - sink.received - sink.socketDrops) <= unseen);
  t.true(dropped > 0, 'the queue turned packets away');
  t.is(dropped, dropsOn(snapshot, ['veth0', 'veth1']));
});
