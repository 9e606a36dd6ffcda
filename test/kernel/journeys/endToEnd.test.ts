// From end to end: what journeys say against the packets' own stamps, over a router that holds them back: the sender
// writes its clock into each packet, the kernel of the receiver stamps it when it has arrived.
// Catches: a journey that begins or ends on another device than the first and the last, or is of two packets.
import { writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { runCommand } from '../../../src/bench/command.js';
import { inNetns } from '../../../src/libbpf/libc.js';
import { waitUntil } from '../../bench/waitUntil.js';
import { type Ground, groundTest, ip } from '../devices/ground.js';
import { addPair, rightAddress } from '../devices/links.js';
import { setSysctl } from '../support/sysctl.js';
import { legsOf } from './following.js';
import { percentileOf, percentilesOf } from './percentiles.js';
import { SelfStampedFlow } from './selfStampedFlow.js';

const packets = 51_000;
const leastCompared = 50_000;
/** The bucket lets a burst out in the time from one to the next, and the sender takes less: so the last of it waits long. */
const burst = 500;
const intervalMs = 50;
const frameBytes = 64;
const percentiles = [50, 90, 99];
const tolerance = 0.02;
const limitSeconds = 5;

/** v0 → v1, a router, w0 with a token bucket → w1. */
async function buildRouted(ground: Ground) {
  const [left, middle, right] = [await ground.netns(), await ground.netns(), await ground.netns()];
  await addPair({ left: 'v0', right: 'v1', leftNetns: left, rightNetns: middle, number: 1 });
  await addPair({ left: 'w0', right: 'w1', leftNetns: middle, rightNetns: right, number: 2 });
  inNetns(middle, () => writeFileSync('/proc/sys/net/ipv4/ip_forward', '1'));
  await ip('-n', left, 'route', 'add', rightAddress(2), 'via', rightAddress(1), 'dev', 'v0', 'onlink');
  const rate = `${(burst * frameBytes * 8 * 1_000) / intervalMs}bit`;
  const bucket = ['rate', rate, 'burst', '200', 'limit', '16mb'];
  await runCommand('tc', ['-n', middle, 'qdisc', 'add', 'dev', 'w0', 'root', 'tbf', ...bucket]);
  return { left, middle, right };
}

groundTest("end to end is what the packets' own stamps say", async (t, ground) => {
  // The kernel then stamps a received packet where the stack takes it, which is where the last hook is.
  await setSysctl('net/core/netdev_tstamp_prequeue', '0', ground);
  const { left, middle, right } = await buildRouted(ground);
  const ends = { generatorNetns: left, sinkNetns: right, sinkAddress: rightAddress(2), sinkPort: 7_301 };
  const flow = new SelfStampedFlow(ends, ground);
  const measurement = ground.measure({ journeys: { every: 1, quietMs: 1_000 } });
  const haveAllArrived = () => flow.receive() === flow.sent;
  const isLearnt = () => {
    flow.send();
    return measurement.devices.length === 4;
  };
  t.true(await waitUntil(isLearnt, limitSeconds));
  t.true(await waitUntil(haveAllArrived, limitSeconds));
  const primed = flow.sent;
  measurement.restart();
  while (flow.sent < primed + packets) {
    const startMs = performance.now();
    for (let sent = 0; sent < burst; sent++) flow.send();
    await sleep(Math.max(1, startMs + intervalMs - performance.now()));
    flow.receive();
  }
  t.true(await waitUntil(haveAllArrived, limitSeconds), 'every packet arrives');
  await measurement.finish();
  const snapshot = measurement.snapshot();
  const leg = legsOf(snapshot, 'end_to_end').find(
    ({ from, to }) => from === `${left}/v0` && to === `${right}/w1`,
  );
  if (!leg) return t.fail(`no leg from v0 to w1, and of ${middle} ${JSON.stringify(snapshot.journeys)}`);
  t.log(JSON.stringify(snapshot.journeys));
  // This host's tracepoints may pass over a few packets; none of those is a sample.
  t.true(leg.count >= leastCompared, `${leg.count} of ${packets} followed`);
  const { stampedNs, writeNs } = flow.underWayFrom(primed);
  const [stamped = [], write = []] = [stampedNs, writeNs].map((all) => all.toSorted((a, b) => a - b));
  percentilesOf(leg, percentiles).forEach((ns, at) => {
    const percentile = percentiles[at] ?? 0;
    const [ownNs, floorNs] = [percentileOf(stamped, percentile), percentileOf(write, percentile)];
    const text = `p${percentile}: ${ns} ns, by their own stamps ${ownNs}; a write takes ${floorNs}`;
    t.log(text);
    t.true(Math.abs(ns - ownNs) <= tolerance * ownNs, text);
  });
});
