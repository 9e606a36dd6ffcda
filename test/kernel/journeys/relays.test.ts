// Forwarders that no one here wrote. Packets go one by one, so that each is surely under way for no longer than its
// sender waits for it, and so is the leg. Catches: legs that depend on how our own forwarder reads and writes.
import type { ExecutionContext } from 'ava';
import type { Scope } from '../../../src/bench/scope.js';
import { paintFor } from '../../../src/export/paint.js';
import { remarkLines } from '../../../src/export/remarks.js';
import { bucketIndexOf, highestValueOf } from '../../../src/measure/hdr.js';
import type { LegLine, Snapshot } from '../../../src/measure/snapshot.js';
import { kernelTest } from '../support/kernelTest.js';
import { follow, legOf, legsOf } from './following.js';
import { type NumberedFlow, openNumberedFlow } from './numberedFlow.js';
import { percentileBetween, percentilesOf } from './percentiles.js';
import { buildOpenVpn, buildSocat, type RelayedPath } from './relays.js';

const packets = 1_000;
const percentiles = [50, 90, 99, 99.9];
const lostAfterMs = 2_000;
/** This host's tracepoints may pass over a few packets. */
const leastFollowed = 0.99;

/** @returns how long each packet was under way by the sender's clock, in ns */
function carryOneByOne(flow: NumberedFlow): number[] {
  return Array.from({ length: packets }, () => {
    const startMs = performance.now();
    flow.send('counted');
    while (!flow.haveAllArrived())
      if (performance.now() - startMs > lostAfterMs) throw new Error('a packet is lost');
    return (performance.now() - startMs) * 1e6;
  });
}

async function carryOver(path: RelayedPath, scope: Scope) {
  const flow = openNumberedFlow(path, scope);
  const measurement = await follow(path, flow, {}, scope);
  const tookNs = carryOneByOne(flow);
  await measurement.finish();
  return { tookNs, snapshot: measurement.snapshot() };
}

function assertWithin(
  t: ExecutionContext,
  leg: LegLine,
  snapshot: Snapshot,
  tookNs: readonly number[],
): void {
  t.log(JSON.stringify(snapshot.journeys));
  t.true(leg.count >= leastFollowed * packets && leg.count <= packets, `${leg.count} legs`);
  t.true(leg.from.endsWith('/tun0') && leg.to.endsWith('/tun1'));
  percentilesOf(leg, percentiles).forEach((ns, at) => {
    const { mostNs } = percentileBetween(tookNs, tookNs, percentiles[at] ?? 0, leg.count);
    t.log(`p${percentiles[at]}: ${ns} ns of ${Math.round(mostNs)} from end to end`);
    t.true(ns > 0 && ns <= highestValueOf(bucketIndexOf(Math.ceil(mostNs))));
  });
}

kernelTest("socat's relay between two tuns has its leg", ['tun', 'socat'], async (t, scope) => {
  const { tookNs, snapshot } = await carryOver(await buildSocat(scope), scope);
  assertWithin(t, legOf(snapshot, 'forwarder'), snapshot, tookNs);
});

/** What carries the tunnel has an end-to-end of its own, over the pair. */
function endToEndOf(snapshot: Snapshot): LegLine {
  const line = legsOf(snapshot, 'end_to_end').find(({ from }) => from.endsWith('/tun0'));
  if (!line) throw new Error(`no end_to_end from tun0 in ${JSON.stringify(snapshot.legs)}`);
  return line;
}

/** A tunnel's packets are kept by who reads them, and what comes of them is another's. */
function assertKept(t: ExecutionContext, snapshot: Snapshot, netns: string): void {
  t.deepEqual(legsOf(snapshot, 'forwarder'), []);
  const [kept, ...others] = snapshot.journeys?.unreturned ?? [];
  t.like(kept, { device: 'tun0', netns });
  const isMost = (kept?.packets ?? 0) >= leastFollowed * packets && others.length === 0;
  t.true(isMost, JSON.stringify(snapshot.journeys));
  const remark = remarkLines(snapshot, paintFor(false)).find((line) => line.includes('read by user space'));
  t.log(remark);
  const said = 'read by user space and not written again by who read them as they were: encrypted';
  t.regex(remark ?? '', new RegExp(`tun0 \\(${netns}\\): [\\d,]+ ${said}`));
}

for (const isEncrypted of [false, true])
  kernelTest(
    `OpenVPN ${isEncrypted ? 'that encrypts' : 'without a cipher'}, both its ends on this host: no forwarder, but end to end`,
    ['tun', 'openvpn'],
    async (t, scope) => {
      const path = await buildOpenVpn(isEncrypted, scope);
      const { tookNs, snapshot } = await carryOver(path, scope);
      assertKept(t, snapshot, path.generatorNetns);
      assertWithin(t, endToEndOf(snapshot), snapshot, tookNs);
    },
  );

kernelTest(
  'OpenVPN that encrypts has no leg where it is seen at one end, and is named',
  ['tun', 'openvpn'],
  async (t, scope) => {
    const path = await buildOpenVpn(true, scope);
    const nearEnd = { ...path, devices: path.devices.filter(({ device }) => device !== 'tun1') };
    const { snapshot } = await carryOver(nearEnd, scope);
    assertKept(t, snapshot, path.generatorNetns);
  },
);
