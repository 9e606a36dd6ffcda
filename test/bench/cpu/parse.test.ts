// What the kernel's files say of CPU time, and which of them say nothing.
import { readFileSync } from 'node:fs';
import test from 'ava';
import { FormatError } from '../../../src/abi/formatError.js';
import { parseCpuColumns, readBusy, readCpuColumns } from '../../../src/bench/cpu/busy.js';
import { runHasSoftirqs } from '../../../src/bench/cpu/irqAccounting.js';
import { readProcFile } from '../../../src/bench/cpu/procFile.js';
import { parseSched, parseSchedstat, parseStat } from '../../../src/bench/cpu/runTimes.js';
import { parseVectorNames } from '../../../src/bench/cpu/softirqClock.js';
import { readSoftirqLayout } from '../../../src/bench/cpu/softirqLayout.js';
import { bpfObjectPath } from '../../../src/kernel/bpfObjects.js';

test('idle time is that of all CPUs, waits for disks included, and stolen time stands beside it', (t) => {
  const text = 'cpu  100 1 50 400 30 7 9 20 0 0\ncpu0 1 0\ncpu1 2 0\nintr 5 0\n';
  t.deepEqual(parseCpuColumns(text), { cpus: 2, idleNs: 4.3e9, stolenNs: 2e8, interruptNs: 7e7 });
  t.throws(() => parseCpuColumns('intr 5 0\n'), { instanceOf: FormatError });
  t.throws(() => parseCpuColumns('cpu  100 1\ncpu0 1 0\n'), { instanceOf: FormatError });
});

test("this kernel's own columns are read, and time goes on", (t) => {
  const [first, second] = [readBusy(), readBusy()];
  t.true(second.atNs > first.atNs && second.idleNs >= first.idleNs);
  t.true(readCpuColumns().cpus > 0);
});

test("a thread's time comes from whichever file has it", (t) => {
  t.is(parseSchedstat('1234567890 55 3'), 1_234_567_890);
  t.is(parseSchedstat('0 0 3'), null);
  const sched = 'node (1, #threads: 7)\n---\nse.vruntime  :  1.0\nse.sum_exec_runtime   :   12345.000678\n';
  t.is(parseSched(sched), 12_345_000_678);
  t.is(parseSched('node (1, #threads: 7)\n'), null);
  t.is(parseStat('7 (a) 1 2) S 1 2 3 4 5 6 7 8 9 10 150 25 0 0'), 1.75e9);
  t.is(parseStat('7 (a) S 1'), null);
});

test('where this kernel has more than one of them, they agree', (t) => {
  const until = process.cpuUsage().user + 50_000;
  while (process.cpuUsage().user < until);
  const folder = `/proc/${process.pid}/task/${process.pid}`;
  const coarse = () => parseStat(readFileSync(`${folder}/stat`, 'latin1')) ?? Number.NaN;
  const before = coarse();
  const fine = { schedstat: parseSchedstat, sched: parseSched };
  for (const [file, parse] of Object.entries(fine)) {
    const ns = parse(readProcFile(`${folder}/${file}`) ?? '');
    t.log(`${file}: ${ns} ns, stat: ${before} ns`);
    // User and system time are each cut off to 10 ms.
    if (ns !== null) t.true(ns >= before && ns <= coarse() + 20e6, `${file}: ${ns} ns`);
  }
});

test('the vectors have the names that the kernel gives them', (t) => {
  t.deepEqual(parseVectorNames('     CPU0 CPU1\n   HI: 0 0\n  TIMER: 1 2\n NET_TX: 3 4\n'), [
    'HI',
    'TIMER',
    'NET_TX',
  ]);
  t.true(parseVectorNames(readFileSync('/proc/softirqs', 'latin1')).includes('NET_RX'));
});

test("the object's own types say where things lie, with a place for each of this kernel's vectors", (t) => {
  const { vectors, threads, cpu, thread, processes } = readSoftirqLayout(bpfObjectPath('softirq'));
  t.true(vectors >= parseVectorNames(readFileSync('/proc/softirqs', 'latin1')).length);
  t.is(threads & (threads - 1), 0);
  t.true(cpu.size >= cpu.ns + 8 * vectors && thread.size >= thread.ns + 8 * vectors);
  t.true(processes.tgids > processes.count);
  t.throws(() => readSoftirqLayout(bpfObjectPath('floor')), { instanceOf: FormatError });
});

test('softirqs are in the time of threads unless the kernel keeps interrupt time apart, and does', (t) => {
  const config = (line: string) => `# Kernel\n${line}\nCONFIG_HZ=250\n`;
  const apart = config('CONFIG_IRQ_TIME_ACCOUNTING=y');
  t.false(runHasSoftirqs(null, apart, 1e9));
  t.true(runHasSoftirqs(null, apart, 0), 'built in, but turned off by its clock');
  t.true(runHasSoftirqs(null, config('# CONFIG_IRQ_TIME_ACCOUNTING is not set'), 1e9));
  t.false(runHasSoftirqs(null, null, 1e9));
  t.true(runHasSoftirqs(null, null, 0));
});
