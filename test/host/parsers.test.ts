import test from 'ava';
import fc from 'fast-check';
import { FormatError } from '../../src/abi/formatError.js';
import { parseCpuList } from '../../src/host/cpuList.js';
import { parseLockdown } from '../../src/host/lockdown.js';
import { countsMapsAsLocked, parseMemlockLimit } from '../../src/host/memlock.js';

/** A list as the kernel prints it: runs of neighbours as ranges. */
function printed(cpus: readonly number[]): string {
  const runs: [number, number][] = [];
  for (const cpu of cpus) {
    const last = runs.at(-1);
    if (last !== undefined && last[1] === cpu - 1) last[1] = cpu;
    else runs.push([cpu, cpu]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`)).join(',');
}

test('a list of CPUs: how many, and how many indices', (t) => {
  t.deepEqual(parseCpuList('0-3,8\n'), { numbers: [0, 1, 2, 3, 8], count: 5, indexCount: 9 });
  t.deepEqual(parseCpuList('\n'), { numbers: [], count: 0, indexCount: 0 });
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(8_191)), (numbers) => {
      const cpus = numbers.sort((a, b) => a - b);
      const [count, indexCount] = [cpus.length, (cpus.at(-1) ?? -1) + 1];
      t.deepEqual(parseCpuList(printed(cpus)), { numbers: cpus, count, indexCount });
    }),
  );
});

test('what is no list of CPUs is refused', (t) => {
  for (const text of ['a', '3-1', '0,0', '1-', '-1', '0-3,,8', '2,1', '0x1', '99999999999']) {
    t.throws(() => parseCpuList(text), { instanceOf: FormatError }, text);
  }
});

test('lockdown is the mode in brackets, and unknown where nothing says so', (t) => {
  t.is(parseLockdown('[none] integrity confidentiality'), 'none');
  t.is(parseLockdown('none [integrity] confidentiality'), 'integrity');
  t.is(parseLockdown('none integrity [confidentiality]'), 'confidentiality');
  t.is(parseLockdown('none [total]'), 'unknown');
  t.is(parseLockdown(null), 'unknown');
});

test('locked memory is limited where the hard limit is, to what the soft one says', (t) => {
  const line = (soft: string, hard: string) =>
    `Max processes             7  7  processes\nMax locked memory         ${soft}  ${hard}  bytes\n`;
  t.deepEqual(parseMemlockLimit(line('65536', '8388608')), { state: 'limited', softBytes: 65_536 });
  t.deepEqual(parseMemlockLimit(line('65536', 'unlimited')), { state: 'unlimited' });
  t.deepEqual(parseMemlockLimit(line('unlimited', 'unlimited')), { state: 'unlimited' });
  t.is(parseMemlockLimit(''), null);
});

test('maps count as locked memory before 5.11', (t) => {
  for (const release of ['4.19.0', '5.4.0-generic', '5.10.223']) t.true(countsMapsAsLocked(release), release);
  for (const release of ['5.11.0-rc1', '6.1.0-53-cloud-amd64', '7.2.13', 'unknown']) {
    t.false(countsMapsAsLocked(release), release);
  }
});
