// Signals while the service starts: none of them is the end of it, but the one that means it.
import { randomUUID } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import test from 'ava';
import { RunningDaemon } from '../../../src/bench/service/runDaemon.js';
import { reasonOf } from '../../../src/errors.js';
import { waitUntil } from '../../bench/realHost.js';
import { kernelTest } from '../../kernel/support/kernelTest.js';
import { receiverMissing, withReceiver } from '../notify/receiver.js';

const startLimitSeconds = 30;

/** Whether the second stage handles SIGHUP by now. */
function listens(daemon: RunningDaemon): boolean {
  try {
    const isSecondStage = readFileSync(`/proc/${daemon.pid}/cmdline`, 'latin1').includes('daemon/main.js');
    const status = readFileSync(`/proc/${daemon.pid}/status`, 'latin1');
    const [, caught = '0'] = /^SigCgt:\s*(\w+)$/m.exec(status) ?? [];
    return isSecondStage && (BigInt(`0x${caught}`) & (1n << BigInt(constants.signals.SIGHUP - 1))) !== 0n;
  } catch (error) {
    // Its processes come one after the other.
    if (/ENOENT|ESRCH/.test(reasonOf(error))) return false;
    throw error;
  }
}

const missing = receiverMissing();
const atOnce = 'a reload the moment the service is ready is made';

if (missing !== null) test.skip(`${atOnce} (skipped: ${missing})`, () => {});
else
  kernelTest(atOnce, [], async (t, scope) => {
    const address = `@vifscope-test-${randomUUID()}`;
    await withReceiver(address, async (next) => {
      const daemon = new RunningDaemon({}, scope, ['env', `NOTIFY_SOCKET=${address}`]);
      const nextThat = async (pattern: RegExp) => {
        for (;;) if (pattern.test(await next())) return;
      };
      await nextThat(/^READY=1/);
      daemon.signal('SIGHUP');
      await nextThat(/^RELOADING=1/);
      await nextThat(/^READY=1/);
      t.is((await fetch(`${daemon.url}/readyz`)).status, 200);
    });
  });

kernelTest('a reload before the service is ready is made as soon as it is', [], async (t, scope) => {
  const daemon = new RunningDaemon({}, scope);
  await waitUntil(() => listens(daemon), startLimitSeconds);
  daemon.signal('SIGHUP');
  await daemon.untilReady();
  await daemon.untilSaid(/configuration read again/, 5);
  t.is((await fetch(`${daemon.url}/readyz`)).status, 200);
});

kernelTest('SIGTERM before the service is ready: gone in order', [], async (t, scope) => {
  const daemon = new RunningDaemon({}, scope);
  await waitUntil(() => listens(daemon), startLimitSeconds);
  daemon.signal('SIGTERM');
  t.regex(await daemon.ended, /^ended with status 0/);
  t.true(daemon.said.some((line) => line.includes('stopping')));
  t.false(readdirSync(daemon.directory).includes('control.sock'));
});
