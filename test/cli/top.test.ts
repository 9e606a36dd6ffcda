// vifscope top as a user runs it: intervals in a pipe and on a terminal, what ends it, and what it refuses.
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import type { Snapshot } from '../../src/measure/snapshot.js';
import { serviceTest } from '../daemon/service/serviceTest.js';
import { groundTest } from '../kernel/devices/ground.js';
import { assertBalanced } from '../kernel/support/lines.js';
import { escapeCharacter, hasScript, show } from './onTerminal.js';
import { carryTraffic } from './traffic.js';
import { assertClean, assertMessage, run, start, untilAttached } from './vifscope.js';

const misuses: readonly { readonly args: readonly string[]; readonly message: RegExp }[] = [
  { args: ['--interval', '0'], message: /"0".*measures nothing.*--interval/ },
  { args: ['--interval', '50ms'], message: /"50ms".*too short.*--interval 500ms/ },
  { args: ['--interval', 'soon'], message: /--interval "soon"/ },
  { args: ['--interval', '1', '--interval', '2'], message: /more than once/ },
  { args: ['--count', '0'], message: /"0".*from 1 on/ },
  { args: ['--sort', 'name'], message: /sort/ },
  { args: ['--sort', 'p50', '--sort', 'max'], message: /more than once/ },
  { args: ['--percentiles', 'all'], message: /"all"/ },
  { args: ['--journeys', 'some'], message: /in some: not a whole number/ },
  { args: ['tap0'], message: /tap0/ },
];

for (const { args, message } of misuses)
  test.serial(`vifscope top ${args.join(' ')}: refused as misuse`, async (t) => {
    const outcome = await run(t, ['top', ...args]);
    t.deepEqual([outcome.status, outcome.stdout], [2, ''], outcome.stderr);
    assertMessage(t, outcome, message);
  });

const linesOf = (text: string): Snapshot[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Snapshot);

groundTest('one snapshot a line and interval, each of which adds up', async (t, ground) => {
  const { glob } = await carryTraffic(ground);
  const args = ['top', '--device', glob, '--interval', '300ms', '--count', '3', '--json'];
  const { status, stdout, stderr } = await run(t, args);
  t.deepEqual([status, stderr], [0, '']);
  const intervals = linesOf(stdout);
  t.is(intervals.length, 3);
  for (const interval of intervals) {
    assertBalanced(t, interval);
    t.true(interval.durationSeconds > 0.1, `${interval.durationSeconds} s`);
  }
  const total = intervals.reduce((sum, { durationSeconds }) => sum + durationSeconds, 0);
  t.true(total > 0.85, `${total} s: one follows the other`);
});

groundTest('a pipe gets interval after interval, without a control sequence', async (t, ground) => {
  const { glob } = await carryTraffic(ground);
  const args = ['top', '--device', glob, '--interval', '300ms', '--count', '2', '--sort', 'max'];
  const { status, stdout, stderr } = await run(t, args);
  t.deepEqual([status, stderr], [0, '']);
  t.is(stdout.match(/^\d\d:\d\d:\d\d\.\d{3} {2}\S+ {2}\d+ segments in 0\.\d\d s$/gm)?.length, 2, stdout);
  t.is(stdout.match(/^v1 +vift-\S+ +backlog +\d/gm)?.length, 2, stdout);
  t.false(stdout.includes(escapeCharacter));
});

groundTest('Ctrl-C ends it with code 0', async (t, ground) => {
  const { glob } = await carryTraffic(ground);
  const { child, ended } = start(['top', '--device', glob, '--interval', '300ms', '--json']);
  await untilAttached(t, child);
  await sleep(1_000);
  child.kill('SIGINT');
  const outcome = await ended;
  assertClean(t, child, outcome);
  t.deepEqual([outcome.status, outcome.signal, outcome.stderr], [0, null, '']);
  t.true(linesOf(outcome.stdout).length >= 1);
});

groundTest('a glob that no device has is misuse', async (t) => {
  const outcome = await run(t, ['top', '--device', 'no-such-device*', '--interval', '200ms']);
  t.is(outcome.status, 2);
  assertMessage(t, outcome, /no-such-device/);
});

groundTest('followed packets have legs in every interval', async (t, ground) => {
  const { glob } = await carryTraffic(ground);
  const args = ['top', '--device', glob, '--interval', '1s', '--count', '2', '--json', '--journeys', '1'];
  const { status, stdout, stderr } = await run(t, args);
  t.is(status, 0, stderr);
  for (const { journeys } of linesOf(stdout)) t.true((journeys?.begun ?? 0) > 0 && journeys?.every === 1);
});

serviceTest('intervals of the running service take no root', {}, async (t, { daemon }) => {
  const asNobody = { through: ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'] };
  const args = ['top', '--interval', '300ms', '--count', '2', '--json', '--socket', daemon.socketPath];
  const { status, stdout, stderr } = await run(t, args, asNobody);
  t.is(status, 0, stderr);
  t.is(linesOf(stdout).length, 2);
});

if (!hasScript) console.error('skipped: top on a terminal needs `script`');
else
  groundTest('on a terminal each interval takes the place of the one before', async (t, ground) => {
    const { glob } = await carryTraffic(ground);
    const args = ['top', '--device', glob, '--interval', '300ms', '--count', '3'];
    const output = await show(100, args);
    const frames = output.split(`${escapeCharacter}[H`).slice(1);
    t.is(frames.length, 3, output);
    for (const frame of frames) {
      t.true(frame.endsWith(`${escapeCharacter}[J`) || frame === frames.at(-1));
      t.true(frame.includes('backlog'));
      t.true(frame.split('\n').length <= 50);
    }
  });
