// CPU time on the real kernel, held against what processes say of themselves: each in its own part, all adds up.
import { readdirSync } from 'node:fs';
import { startCpuMeter } from '../../../src/bench/cpu/meter.js';
import { timesBetween } from '../../../src/bench/cpu/times.js';
import { processRunNs } from '../../../src/libbpf/processClock.js';
import { kernelTest } from '../../kernel/support/kernelTest.js';
import { startChild, usedNs } from './busyChildren.js';
import { sum } from './readings.js';

kernelTest('CPU time that a process uses is found in its part, and in no other', [], async (t, scope) => {
  const [generator, sink, path] = await Promise.all([1, 2, 3].map(() => startChild(scope)));
  if (!generator || !sink || !path) return t.fail();
  const meter = startCpuMeter({ generatorPid: generator.pid, sinkPid: sink.pid, pathPids: [path.pid] });
  scope.cleanup.add('detach', () => meter.close());

  for (const [part, child] of Object.entries({ generator, sink, path })) {
    const usedBefore = await usedNs(child, 0);
    const before = meter.read();
    const used = (await usedNs(child, 300_000)) - usedBefore;
    const times = timesBetween(before, meter.read());
    const { parts, threads, totalNs, contexts, unplacedNs } = times;
    t.log(JSON.stringify({ part, used, ...times }));
    // What the child counts as its own has the softirqs in it that ran on it; and it answers after it has counted.
    const own = parts[part as keyof typeof parts] + sum(contexts[part as keyof typeof contexts]);
    t.true(own >= used * 0.98 && own <= used * 1.1, `${part}: ${own} ns of ${used}`);
    for (const [other, ns] of Object.entries({ ...parts, softirq: 0, rest: 0 }))
      if (other !== part) t.true(ns < used * 0.05, `${other}: ${ns} ns`);
    t.true(totalNs >= used * 0.98, `${totalNs} ns in all`);
    t.is(unplacedNs, 0);
    if (part === 'path')
      t.true(Math.max(...Object.values(threads)) >= parts.path * 0.9, 'its one busy thread');
  }
});

kernelTest("vhost's threads are the path's, whichever kernel thread they are", [], async (t, scope) => {
  const path = await startChild(scope);
  const vhost = await startChild(scope, `vhost-${path.pid}`);
  const others = await startChild(scope, `vhost-${vhost.pid}`);
  const meter = startCpuMeter({ generatorPid: others.pid, sinkPid: others.pid, pathPids: [path.pid] });
  scope.cleanup.add('detach', () => meter.close());
  const usedBefore = await usedNs(vhost, 0);
  const before = meter.read();
  const used = (await usedNs(vhost, 100_000)) - usedBefore;
  await usedNs(others, 100_000);
  const { parts, threads } = timesBetween(before, meter.read());
  t.true(parts.path >= used * 0.9 && parts.path <= used * 1.2, `${parts.path} ns of ${used}`);
  t.true((threads.vhost ?? 0) >= used * 0.8, JSON.stringify(threads));
});

/** All processes have run so long, those that ended not counted. */
function everybodysNs(): Map<number, number> {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return new Map(
    pids.flatMap((pid) => {
      const ns = runNsOrNull(Number(pid));
      return ns === null ? [] : [[Number(pid), ns] as const];
    }),
  );
}

/** null: it has just ended. */
function runNsOrNull(pid: number): number | null {
  try {
    return processRunNs(pid);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EINVAL') return null;
    throw error;
  }
}

/** What /proc/stat counts in. */
const stepNs = 10e6;
const attempts = 5;

kernelTest('all that was busy is what threads ran, and softirqs on idle CPUs', [], async (t, scope) => {
  const [one, other] = [await startChild(scope), await startChild(scope)];
  const meter = startCpuMeter({ generatorPid: one.pid, sinkPid: other.pid, pathPids: [] });
  scope.cleanup.add('detach', () => meter.close());
  // A process that ends meanwhile takes its time with it: the least disturbed turn counts.
  const turns: { readonly totalNs: number; readonly missedNs: number }[] = [];
  for (let turn = 0; turn < attempts; turn++) {
    const before = meter.read();
    const ranBefore = everybodysNs();
    await Promise.all([usedNs(one, 300_000), usedNs(other, 300_000)]);
    const ranNs = [...everybodysNs()].reduce((all, [pid, ns]) => all + ns - (ranBefore.get(pid) ?? 0), 0);
    const { totalNs, contexts } = timesBetween(before, meter.read());
    turns.push({ totalNs, missedNs: Math.abs(totalNs - ranNs - sum(contexts.idle)) });
    if (turns.some(isWhole)) break;
  }
  t.log(JSON.stringify(turns));
  t.true(turns.some(isWhole));
});

const isWhole = ({ totalNs, missedNs }: { readonly totalNs: number; readonly missedNs: number }): boolean =>
  missedNs <= 0.05 * totalNs + 2 * stepNs;
