// As many packets as there can be, every one followed: each event is told or counted as lost, each journey has one end,
// and where events are lost, fewer packets are followed. Catches: events that vanish, journeys that are counted twice
// or not at all, a ring that stays full.
import type { ExecutionContext } from 'ava';
import { buildPath } from '../../../src/bench/buildPath.js';
import { primePath } from '../../../src/bench/load/offerLoad.js';
import { startMeasuring } from '../../../src/bench/startMeasuring.js';
import { Follower } from '../../../src/kernel/follower.js';
import type { JourneySummary, Snapshot } from '../../../src/measure/snapshot.js';
import { waitUntil } from '../../bench/waitUntil.js';
import { Ground } from '../devices/ground.js';
import { startMetering } from '../intervals/metering.js';
import { flood } from '../support/flood.js';
import { kernelTest } from '../support/kernelTest.js';
import { accountsOf, assertBalanced } from '../support/lines.js';
import { untilStarted } from '../support/waiting.js';

const floodSeconds = 2;
/** What is asked for; on a busy host the floods may be slower, and the log says so. */
const aimedPerSecond = 200_000;
const stillMs = 1_000;
const lookMs = 20;
const journeys = { every: 1, quietMs: 500 };

/** The events that the programs have made, or would have: each start on veth0, each end on veth1. */
function eventsOf(snapshot: Snapshot) {
  const sent = accountsOf(snapshot, 'veth0', 'driver').started;
  const { matched, unmatched } = accountsOf(snapshot, 'veth1', 'backlog');
  return { sent, received: matched + unmatched, unbegun: unmatched };
}

function summaryOf(t: ExecutionContext, snapshot: Snapshot): JourneySummary {
  assertBalanced(t, snapshot);
  if (snapshot.journeys === null) throw new Error('no journeys');
  const { begun, whole, partial, ambiguous, evicted } = snapshot.journeys;
  t.is(begun, whole + partial + ambiguous + evicted, JSON.stringify(snapshot.journeys));
  return snapshot.journeys;
}

kernelTest('two floods over a veth, every packet followed', ['twoCpus'], async (t, scope) => {
  const path = await buildPath('veth', scope);
  const measurement = await startMeasuring([path], scope, { journeys });
  const startMs = performance.now();
  const sent = await Promise.all([1, 2].map((lane) => flood(path, lane, floodSeconds, scope)));
  const tookSeconds = (performance.now() - startMs) / 1_000;
  await measurement.finish();
  const snapshot = measurement.snapshot();
  const summary = summaryOf(t, snapshot);
  const events = eventsOf(snapshot);
  const packets = sent.reduce((sum, one) => sum + one, 0);
  // The first begins later than the clock and the last ends earlier.
  const leastPerSecond = Math.round(packets / tookSeconds);
  const isReached = leastPerSecond >= aimedPerSecond ? 'reached' : 'not reached';
  t.log(
    `${aimedPerSecond} packets a second ${isReached}: ${leastPerSecond} at least, ${packets / floodSeconds} at most`,
  );
  t.log(JSON.stringify({ ...summary, ...events }));
  const { every, begun, evicted, lostEvents } = summary;
  if (every > 1) t.true(lostEvents > 0 || evicted > 0, 'fewer are followed only after a loss');
  else t.is(begun, events.sent + events.unbegun, 'every packet has begun its journey');
  if (lostEvents > 0 || evicted > begun / 2) t.true(every > 1, 'fewer are followed after a loss');
  t.is(summary.ambiguous, 0);
});

kernelTest(
  'fewer packets are followed within a second of the first loss: at the next look at the ring',
  ['twoCpus'],
  async (t, scope) => {
    const path = await buildPath('veth', scope);
    const ground = new Ground(scope.cleanup);
    // Room for 2,048 events, of which a flood makes more between two looks.
    const limits = { eventBytes: 64 * 1024 };
    const metering = startMetering(ground, [path.generatorNetns, path.sinkNetns], limits);
    await primePath(path, scope);
    t.true(await waitUntil(() => metering.meter.devices.length === 2, 5));
    const follower = new Follower(metering.attachment, metering.meter, journeys);
    const looks: { readonly atMs: number; readonly lost: number; readonly every: number }[] = [];
    const timer = setInterval(() => {
      follower.poll();
      const { lostEvents: lost, every } = follower.totals;
      looks.push({ atMs: performance.now(), lost, every });
    }, lookMs);
    scope.cleanup.add('look no more', () => clearInterval(timer));
    await flood(path, 1, floodSeconds, scope);
    clearInterval(timer);
    follower.end();
    const firstLoss = looks.findIndex(({ lost }) => lost > 0);
    const rise = looks.findIndex(({ every }) => every > 1);
    const lastLoss = looks.findIndex(({ lost }) => lost === looks.at(-1)?.lost);
    const sinceMs = (at: number) =>
      Math.round((looks[at]?.atMs ?? Number.NaN) - (looks[firstLoss - 1]?.atMs ?? Number.NaN));
    t.log(
      `up to ${sinceMs(rise)} ms after the first loss; the last one up to ${sinceMs(lastLoss)} ms after it, ` +
        `one packet in ${looks[lastLoss]?.every} then`,
    );
    t.true(firstLoss > 0, 'events are lost');
    // Not by the clock: a host that has no CPU for the reader has none for its looks. What is lost between a look's
    // own reading of the losses and ours is the next one's.
    t.true(rise >= firstLoss && rise <= firstLoss + 1, `${rise - firstLoss} looks later`);
    t.true((rise - firstLoss + 1) * lookMs < 1_000);
  },
);

kernelTest(
  'a reader that stands still: what the ring has no room for is counted',
  ['twoCpus'],
  async (t, scope) => {
    const path = await buildPath('veth', scope);
    // Room for 32,768 events, which a flood makes on a busy host too.
    const limits = { eventBytes: 1024 * 1024 };
    const measurement = await startMeasuring([path], scope, { journeys, limits });
    const flooding = flood(path, 1, stillMs / 1_000, scope);
    await untilStarted(measurement, 'veth0', 'driver', 1, scope);
    // Longer than the flood lasts: so every packet of it is to be followed, until the first look at what was lost.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2 * stillMs);
    await flooding;
    await measurement.finish();
    const snapshot = measurement.snapshot();
    const { every, whole, partial, ambiguous, evicted, lostEvents } = summaryOf(t, snapshot);
    const events = eventsOf(snapshot);
    t.log(JSON.stringify({ ...snapshot.journeys, ...events }));
    t.true(lostEvents > 0);
    t.true(every > 1, 'fewer packets are followed from then on');
    // A journey of this path has one or two events; of those given up, and of their rests, it is not known which.
    const told = 2 * whole + partial;
    const made = events.sent + events.received;
    t.is(ambiguous, 0);
    t.true(
      told + evicted + lostEvents <= made && made <= told + partial + 2 * evicted + lostEvents,
      `${made} events made`,
    );
  },
);
