// The demo as a user runs it: what its JSON must hold, and that nothing is left however it ends.
import { setTimeout as sleep } from 'node:timers/promises';
import anyTest, { type TestFn } from 'ava';
import type { DemoSnapshot } from '../../src/cli/loads.js';
import { imbalance } from '../../src/measure/accounting.js';
import { leftBehind, takeInventory } from './leftovers.js';
import { missingFeature, type Run, startDemo } from './runDemo.js';

const missing = missingFeature();
if (missing) console.error(`skipped, the demo on the real kernel: ${missing}`);
const test: TestFn['serial'] = missing ? (anyTest.skip as unknown as TestFn['serial']) : anyTest.serial;

test('all three paths are measured, every packet is accounted for, and nothing is left', async (t) => {
  t.timeout(120_000);
  const before = takeInventory();
  const run = startDemo('--json', '--duration', '5');
  const { stdout, stderr, exitCode } = await run.finished;
  t.is(exitCode, 0, stderr);
  const snapshot: DemoSnapshot = JSON.parse(stdout);

  const countOf = (kind: string, segment: string) =>
    Math.max(
      0,
      ...snapshot.segments.filter((s) => s.kind === kind && s.segment === segment).map((s) => s.count),
    );
  t.true(countOf('veth', 'backlog') >= 100_000);
  for (const kind of ['tap', 'tun'])
    for (const segment of ['ring', 'backlog']) t.true(countOf(kind, segment) > 0);

  for (const line of snapshot.accounting) t.is(imbalance(line), 0, JSON.stringify(line));

  for (const { path, sink, generator } of snapshot.loads) {
    const device = `${path}1`;
    const last = snapshot.accounting.find((a) => a.device === device && a.segment === 'backlog');
    t.is(last?.matched, sink.received, `${device}: the sink counted what the kernel matched`);
    const ring = snapshot.accounting.find((a) => a.device === `${path}0` && a.segment === 'ring');
    const reasons = snapshot.drops.filter((d) => d.device === `${path}0`);
    if (!ring) continue;
    t.is(ring.started, generator.sent);
    const dropped = reasons.reduce((sum, { count }) => sum + count, 0);
    t.is(dropped, ring.dropped, 'every loss in the ring has the kernel’s reason');
    t.true(
      reasons.every(({ reason }) => reason === 'FULL_RING'),
      JSON.stringify(reasons),
    );
  }
  t.deepEqual(await leftBehind(before, run), []);
});

// From before the first namespace is made, over the guest's boot, to the middle of the load.
for (const afterMs of [100, 400, 900, 2_500, 6_000, 9_500, 12_000]) {
  test(`Ctrl-C after ${afterMs} ms leaves nothing`, async (t) => {
    t.timeout(60_000);
    const before = takeInventory();
    const run = startDemo('--duration', '30');
    await sleep(afterMs);
    // A terminal sends it to all of the foreground's processes.
    process.kill(-run.session, 'SIGINT');
    const { exitCode, stderr } = await run.finished;
    // Before it catches signals, the signal itself ends it.
    t.true(exitCode === 130 || (afterMs < 1_000 && exitCode === null), `${exitCode} ${stderr}`);
    t.notRegex(stderr, /\n\s+at /);
    t.deepEqual(await leftBehind(before, run), []);
  });
}

test('after kill -9 one more run leaves nothing', async (t) => {
  t.timeout(120_000);
  const before = takeInventory();
  const runs: Run[] = [];
  for (const afterMs of [1_000, 11_000]) {
    const run = startDemo('--duration', '30');
    await sleep(afterMs);
    run.process.kill('SIGKILL');
    await run.finished;
    runs.push(run);
  }
  const next = startDemo('--path', 'veth', '--duration', '1');
  const { exitCode, stderr } = await next.finished;
  t.is(exitCode, 0, stderr);
  for (const run of [...runs, next]) t.deepEqual(await leftBehind(before, run), []);
});
