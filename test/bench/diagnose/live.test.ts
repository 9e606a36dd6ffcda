// vifscope bench diagnose --live, on traffic whose loss is planted: a queue that is too slow, on a device of the test's.
// Catches: a drop that is not found, found on another device, or blamed on another reason; a share of time that is none.
import { setTimeout as sleep } from 'node:timers/promises';
import { buildPath } from '../../../src/bench/buildPath.js';
import { runCommand } from '../../../src/bench/command.js';
import type { Finding } from '../../../src/bench/diagnose/finding.js';
import { Generator, generatorInputOf } from '../../../src/bench/load/generator.js';
import { oneSize } from '../../../src/bench/load/plan.js';
import { run } from '../../cli/vifscope.js';
import { kernelTest } from '../../kernel/support/kernelTest.js';

/** Small enough to be full from the first moment on. */
const tbf = 'tbf rate 5mbit burst 2kb limit 3kb'.split(' ');
const load = { packetsPerSecond: 20_000, durationSeconds: 12, sizes: oneSize(64), flows: 1, burst: 1 };

kernelTest('live traffic: the loss, its place and reason, the CPU and the tail', ['tc'], async (t, scope) => {
  const path = await buildPath('veth', scope);
  const netns = path.generatorNetns;
  await runCommand('tc', ['-n', netns, 'qdisc', 'add', 'dev', 'veth0', 'root', ...tbf]);
  const generator = await Generator.start(generatorInputOf(path), scope);
  const sending = generator.send(load, 1);
  await sleep(200);
  const args = ['bench', 'diagnose', '--live', '--duration', '2s', '--device', 'vifscope-*/*', '--json'];
  const { status, stdout, stderr } = await run(t, args);
  t.is(status, 0, stderr);
  const findings = JSON.parse(stdout) as Finding[];
  t.log(findings.map(({ area, what, evidence }) => `${area}: ${what} (${evidence})`).join('\n'));
  const loss = findings.find(({ area }) => area === 'loss');
  t.regex(loss?.what ?? '', /veth0/);
  t.regex(loss?.what ?? '', /queueing discipline/);
  t.regex(loss?.remedy ?? '', /tc -s qdisc show dev veth0/);
  const of = (area: Finding['area']) => findings.filter((finding) => finding.area === area);
  t.true(of('cpu').length > 0 && of('cpu').every(({ share }) => share > 0 && share <= 1.0001));
  t.true(of('tail').some(({ what }) => /veth0 qdisc/.test(what)));
  await generator.stop();
  await sending.catch(() => {});
});

kernelTest('bench diagnose wants one of a directory and live traffic', [], async (t) => {
  for (const args of [[], ['somewhere', '--live']])
    t.is((await run(t, ['bench', 'diagnose', ...args])).status, 2);
  const none = await run(t, ['bench', 'diagnose', '--live', '--duration', '200ms', '--device', 'none0']);
  t.is(none.status, 2, none.stderr);
});
