import { spawn } from 'node:child_process';
import { once } from 'node:events';
import test from 'ava';
import { isAlive, parseProcessStat, thisProcess } from '../../src/bench/owner.js';

test('a process name with blanks and brackets does not shift the fields', (t) => {
  const fields = Array.from({ length: 50 }, (_, index) => index + 1);
  const line = (name: string, state: string) => `42 (${name}) ${state} ${fields.slice(3).join(' ')}`;
  t.deepEqual(parseProcessStat(line('node', 'S')), { startTicks: 22, dead: false });
  t.deepEqual(parseProcessStat(line('a) R 1 (b', 'Z')), { startTicks: 22, dead: true });
});

test('this process lives, one of its id but another start does not, and one that has ended does not', async (t) => {
  const self = thisProcess();
  t.true(self.startTicks > 0);
  t.true(isAlive(self));
  t.false(isAlive({ ...self, startTicks: self.startTicks - 1 }));
  const child = spawn('true');
  await once(child, 'close');
  t.false(isAlive({ pid: child.pid ?? 0, startTicks: self.startTicks }));
});
