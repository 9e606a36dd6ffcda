// With every packet followed, a segment's histogram made of the events is the kernel's own of the same packets, bucket
// by bucket: both hooks write the very clock reading that begins or ends the segment into the event.
// Catches: an event with another time than the stamp's, of another packet or device, or left out; a bucket on which the
// kernel's index and ours disagree. `qdisc` and `driver` begin or end where no event is made.
import type { ExecutionContext } from 'ava';
import { sparse } from '../../../src/bench/load/counts.js';
import { type Point, points } from '../../../src/journey/correlator.js';
import { sampleUpTo } from '../../../src/journey/sampling.js';
import { EventRing } from '../../../src/kernel/eventRing.js';
import { followingRingBytes } from '../../../src/kernel/follower.js';
import { bucketIndexOf } from '../../../src/measure/hdr.js';
import type { DeviceReading } from '../../../src/measure/reading.js';
import type { Segment } from '../../../src/measure/segments.js';
import { waitUntil } from '../../bench/waitUntil.js';
import { groundTest } from '../devices/ground.js';
import { addPair, rightAddress, UserDevice } from '../devices/links.js';
import { type Metering, segmentOf, startMetering } from '../intervals/metering.js';
import { openNumberedFlow, openNumberedSender } from './numberedFlow.js';

const bursts = 60;
/** Those of a burst wait for each other, so their waits differ. */
const burst = 50;
const packets = bursts * burst;
const limitSeconds = 5;

interface Hook {
  readonly device: string;
  readonly point: Point;
}

/** A segment as events have it, and on which device the kernel counts it. */
interface Compared {
  readonly segment: Segment;
  readonly begin: Hook;
  readonly end: Hook;
  readonly buckets: Map<number, number>;
  readonly begunNs: Map<string, number>;
  unbegun: number;
}

const compared = (segment: Segment, begin: Hook, end: Hook): Compared => ({
  ...{ segment, begin, end, buckets: new Map(), begunNs: new Map(), unbegun: 0 },
});

const is = (hook: Hook, device: string, point: number) => hook.device === device && hook.point === point;

function take(one: Compared, hook: string, point: number, content: string, timeNs: number): void {
  if (is(one.begin, hook, point)) one.begunNs.set(content, timeNs);
  if (!is(one.end, hook, point)) return;
  const begunNs = one.begunNs.get(content);
  one.begunNs.delete(content);
  if (begunNs === undefined) one.unbegun += 1;
  else {
    const bucket = bucketIndexOf(timeNs - begunNs);
    one.buckets.set(bucket, (one.buckets.get(bucket) ?? 0) + 1);
  }
}

/** Has every event taken in from now on. */
function readEvents({ meter, attachment }: Metering, all: readonly Compared[]) {
  const ring = new EventRing(attachment.memory.events);
  const names = new Map(meter.devices.map(({ firstShard, netns, name }) => [firstShard, `${netns}/${name}`]));
  const lostBefore = meter.control.eventsLost;
  meter.control.sampleUpTo = sampleUpTo(1);
  return {
    poll: () =>
      ring.read((timeNs, high, low, device, point) => {
        for (const one of all) take(one, names.get(device) ?? '', point, `${high} ${low}`, timeNs);
      }),
    lost: () => meter.control.eventsLost - lostBefore,
  };
}

function assertSame(t: ExecutionContext, one: Compared, devices: readonly DeviceReading[]): void {
  const { segment, end, buckets, begunNs, unbegun } = one;
  const kernel = segmentOf(devices, end.device, segment);
  const kernels = sparse(kernel.latency).buckets.toSorted(([a], [b]) => a - b);
  const events = [...buckets].toSorted(([a], [b]) => a - b);
  t.log(`${segment} of ${end.device}: ${kernel.latency.total} packets in ${kernels.length} buckets`);
  t.deepEqual(events, kernels, segment);
  // All but the few that this host's tracepoints may pass over, which both sides know of alike.
  t.true(kernel.latency.total >= packets * 0.99 && kernels.length > 10, segment);
  t.deepEqual([unbegun, begunNs.size], [kernel.unmatched, kernel.inFlight + kernel.expired], segment);
}

async function learnt({ meter }: Metering, devices: number, prime: () => void): Promise<void> {
  const isLearnt = () => {
    prime();
    return meter.devices.length === devices;
  };
  if (!(await waitUntil(isLearnt, limitSeconds))) throw new Error('not learnt');
}

groundTest("backlog of a veth: the events' histogram is the kernel's", async (t, ground) => {
  const [left, right] = [await ground.netns(), await ground.netns()];
  const metering = startMetering(ground, [left, right], { eventBytes: followingRingBytes });
  await addPair({ left: 'v0', right: 'v1', leftNetns: left, rightNetns: right, number: 1 });
  const ends = { generatorNetns: left, sinkNetns: right, sinkAddress: rightAddress(1), sinkPort: 7_300 };
  const flow = openNumberedFlow(ends, ground);
  await learnt(metering, 2, () => flow.send('priming'));
  t.true(await waitUntil(flow.haveAllArrived, limitSeconds));
  const [v0, v1] = [`${left}/v0`, `${right}/v1`];
  const begin = { device: v0, point: points.sent };
  const all = [compared('backlog', begin, { device: v1, point: points.received })];
  const interval = metering.open();
  const { poll, lost } = readEvents(metering, all);
  for (let sent = 0; sent < bursts; sent++) {
    for (let one = 0; one < burst; one++) flow.send('counted');
    t.true(await waitUntil(flow.haveAllArrived, limitSeconds));
    poll();
  }
  t.is(lost(), 0);
  for (const one of all) assertSame(t, one, interval.close().reading.devices);
});

groundTest("ring of a tun, and its backlog: the events' histogram is the kernel's", async (t, ground) => {
  const netns = await ground.netns();
  const metering = startMetering(ground, [netns], { eventBytes: followingRingBytes });
  const tun = await UserDevice.add(ground, 'tun', netns, 'tun0', 1);
  const ends = { generatorNetns: netns, sinkAddress: rightAddress(1), sinkPort: 7_300 };
  const { send } = openNumberedSender(ends, ground);
  let primed = 0;
  await learnt(metering, 1, () => {
    send('priming');
    primed += 1;
  });
  await tun.readAll(primed);
  const at = (point: Point): Hook => ({ device: `${netns}/tun0`, point });
  // Where the write itself is seen, its event has the time of that, and the backlog begins later.
  const isWriteSeen = metering.attachment.hooks.some(
    ({ hook, state }) => hook === 'tun_get_user' && state === 'attached',
  );
  const all = [
    compared('ring', at(points.sent), at(points.toUser)),
    ...(isWriteSeen ? [] : [compared('backlog', at(points.fromUser), at(points.received))]),
  ];
  const interval = metering.open();
  const { poll, lost } = readEvents(metering, all);
  for (let sent = 0; sent < bursts; sent++) {
    for (let one = 0; one < burst; one++) send('counted');
    for (const packet of await tun.readAll(burst)) tun.write(packet);
    poll();
  }
  t.is(lost(), 0);
  const { devices } = interval.close().reading;
  for (const one of all) assertSame(t, one, devices);
});
