// The grounds of bench:scale on the real kernel: that there is as much of everything as they say. No time is judged.
import { buildManyPairs } from '../../../src/bench/scale/manyPairs.js';
import { sendThrough } from '../../../src/bench/scale/sending.js';
import { UnreadTun } from '../../../src/bench/scale/unreadTun.js';
import { startMeasuring } from '../../../src/bench/startMeasuring.js';
import { kernelTest } from '../../kernel/support/kernelTest.js';
import { accountsOf, assertBalanced } from '../../kernel/support/lines.js';

kernelTest('packets go over many pairs in turn, and each is measured', [], async (t, scope) => {
  const path = await buildManyPairs(20, scope);
  const load = { packetsPerSecond: 4_000, seconds: 0.5, flows: 1 };
  const measurement = await startMeasuring([path], scope, {}, (one) => sendThrough(one, load, scope));
  t.is(await sendThrough(path, load, scope), 2_000);
  await measurement.finish();
  const snapshot = measurement.snapshot();
  const backlogs = snapshot.segments.filter(({ segment }) => segment === 'backlog');
  t.is(backlogs.length, 20);
  const counts = backlogs.map(({ count }) => count);
  t.is(
    counts.reduce((sum, count) => sum + count, 0),
    2_000,
  );
  // What is late after a pause of the host leaves together, over one pair.
  t.true(
    counts.every((count) => count > 0),
    JSON.stringify(counts),
  );
  assertBalanced(t, snapshot);
});

kernelTest('so many packets wait in an unread tun, however often it is filled', ['tun'], async (t, scope) => {
  const tun = await UnreadTun.build(1_000, 10, scope);
  const priming = { packetsPerSecond: 1_000, seconds: 0.02, flows: 1 };
  const measurement = await startMeasuring([tun.path], scope, {}, () => tun.send(priming));
  for (let times = 0; times < 3; times++) {
    await tun.refill();
    t.is(accountsOf(measurement.snapshot(), 'unread0', 'ring').inFlight, 1_000);
  }
});
