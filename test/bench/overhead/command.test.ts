// vifscope overhead on the real kernel: what it says agrees with itself, and nothing stays. No time is judged.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import test from 'ava';
import { figureNames } from '../../../src/bench/overhead/figures.js';
import type { OverheadReport } from '../../../src/bench/overhead/report.js';
import { netnsOf, realTest, waitUntil } from '../realHost.js';

const main = fileURLToPath(new URL('../../../src/cli/main.js', import.meta.url));

function start(...args: string[]) {
  const child = spawn(process.execPath, [main, 'overhead', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'close') as Promise<[number | null]>;
  return { child, ended, output: text(child.stdout), messages: text(child.stderr) };
}

realTest('veth', 'overhead compares every figure, and vifscope has seen every packet', async (t) => {
  const args = ['--pairs', '2', '--seconds', '0.1', '--rate', '5000', '--json'];
  const { child, ended, output, messages } = start(...args);
  const [status] = await ended;
  t.deepEqual([status, await messages], [0, '']);
  const report = JSON.parse(await output) as OverheadReport;
  t.is(report.version, 1);
  t.deepEqual(
    report.figures.map(({ name }) => name),
    figureNames,
  );
  for (const { off, on, ratio } of report.figures) {
    const ratios = off.values.map((before, pair) => (on.values[pair] ?? Number.NaN) / before);
    t.is(off.values.length, 2);
    t.is(ratio.low, Math.min(...ratios));
    t.is(ratio.high, Math.max(...ratios));
  }
  t.true(report.remarks.some((remark) => remark.startsWith('2 pairs are too few')));
  t.false(report.remarks.some((remark) => remark.startsWith('vifscope has seen')));
  t.deepEqual(netnsOf(child.pid ?? 0), []);
});

realTest('veth', 'an interrupt of overhead leaves nothing behind', async (t) => {
  const { child, ended, output, messages } = start('--pairs', '100');
  t.true(await waitUntil(() => netnsOf(child.pid ?? 0).length > 0, 20));
  child.kill('SIGINT');
  const [status] = await ended;
  t.deepEqual([status, await output], [130, '']);
  t.is(await messages, 'vifscope: interrupted, everything removed\n');
  t.deepEqual(netnsOf(child.pid ?? 0), []);
});

for (const [args, message] of [
  [['--pairs', '0'], /--pairs "0": not a whole number/],
  [['--pairs', '1.5'], /whole number from 1 to/],
  [['--rate', '-5'], /the rate must be above 0/],
  [['--seconds', 'soon'], /duration must be above 0/],
  [['--rate', '5', '--rate', '6'], /more than once/],
] as const) {
  test(`overhead ${args.join(' ')} is refused before anything is built`, async (t) => {
    const { ended, output, messages } = start(...args);
    t.deepEqual([(await ended)[0], await output], [2, '']);
    t.regex(await messages, message);
  });
}
