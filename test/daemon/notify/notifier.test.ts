import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test from 'ava';
import fc from 'fast-check';
import { Notifier } from '../../../daemon/notify/notifier.js';
import { receiverMissing, withReceiver } from './receiver.js';

const missing = receiverMissing();
const silent = () => {};

/** A directory for a socket; unix addresses are short. */
function inDirectory(): { path: string; remove: () => void } {
  const directory = mkdtempSync(join(tmpdir(), 'vifscope-notify-'));
  return { path: join(directory, 's'), remove: () => rmSync(directory, { recursive: true }) };
}

const places: readonly (readonly [string, () => { path: string; remove: () => void }])[] = [
  ['a path', inDirectory],
  ['an abstract address', () => ({ path: `@vifscope-test-${randomUUID()}`, remove: silent })],
];

for (const [name, place] of places) {
  const title = `every state arrives as one datagram, at ${name}`;
  if (missing !== null) test.skip(`${title} (skipped: ${missing})`, () => {});
  else
    test(title, async (t) => {
      const { path, remove } = place();
      t.teardown(remove);
      await withReceiver(path, async (next) => {
        const warnings: string[] = [];
        const notifier = new Notifier({ NOTIFY_SOCKET: path }, (text) => warnings.push(text));
        notifier.ready('running, 3 devices');
        t.is(await next(), 'READY=1\nSTATUS=running, 3 devices');
        const before = process.hrtime.bigint();
        notifier.reloading();
        const [reloading, monotonic] = (await next()).split('\nMONOTONIC_USEC=');
        t.is(reloading, 'RELOADING=1');
        t.true(BigInt(monotonic ?? 0) >= before / 1_000n);
        t.true(BigInt(monotonic ?? 0) <= process.hrtime.bigint() / 1_000n);
        notifier.status('one\nREADY=1\r\n two é');
        t.is(await next(), 'STATUS=one READY=1 two é');
        notifier.watchdog();
        t.is(await next(), 'WATCHDOG=1');
        notifier.stopping();
        t.is(await next(), 'STOPPING=1');
        t.deepEqual(warnings, []);
      });
    });
}

const recovery = 'a failed send is told once, and once more when it failed again after it had worked';
if (missing !== null) test.skip(`${recovery} (skipped: ${missing})`, () => {});
else
  test(recovery, async (t) => {
    const { path, remove } = inDirectory();
    t.teardown(remove);
    const warnings: string[] = [];
    const notifier = new Notifier({ NOTIFY_SOCKET: path }, (text) => warnings.push(text));
    notifier.ready('nobody is there');
    notifier.watchdog();
    t.is(warnings.length, 1);
    t.regex(warnings[0] ?? '', /NOTIFY_SOCKET.*ENOENT/);
    await withReceiver(path, async (next) => {
      notifier.watchdog();
      t.is(await next(), 'WATCHDOG=1');
    });
    notifier.watchdog();
    notifier.watchdog();
    t.is(warnings.length, 2);
    t.regex(warnings[1] ?? '', /ECONNREFUSED/);
  });

test('an address that is none is told, and harms nothing', (t) => {
  for (const address of [`/${'a'.repeat(200)}`, 'vsock:2:1', '/dev/null']) {
    const warnings: string[] = [];
    new Notifier({ NOTIFY_SOCKET: address }, (text) => warnings.push(text)).ready('');
    t.is(warnings.length, 1, address);
  }
});

test('without a socket nothing is sent and no watchdog is fed', (t) => {
  for (const environment of [{}, { NOTIFY_SOCKET: '' }]) {
    const notifier = new Notifier({ ...environment, WATCHDOG_USEC: '2000000' }, (text) => t.fail(text));
    t.is(notifier.watchdogIntervalMs, null);
    notifier.ready('nobody listens');
    notifier.watchdog();
  }
});

test('the watchdog is fed at half its time, if it is for this process', (t) => {
  const intervalMs = (usec?: string, pid?: string) =>
    new Notifier({ NOTIFY_SOCKET: '@none', WATCHDOG_USEC: usec, WATCHDOG_PID: pid }, silent)
      .watchdogIntervalMs;
  t.is(intervalMs('30000000'), 15_000);
  t.is(intervalMs('30000000', String(process.pid)), 15_000);
  t.is(intervalMs('30000000', String(process.pid + 1)), null);
  for (const usec of [undefined, '', '0', '-1', '1e6', 'soon'])
    t.is(intervalMs(usec), null, usec ?? 'undefined');
  fc.assert(
    fc.property(fc.bigInt({ min: 2_000n, max: 2n ** 64n }), (usec) => {
      const ms = intervalMs(String(usec)) ?? 0;
      // What a timer can hold, and never later than half.
      return ms >= 1 && ms < 2 ** 31 && ms <= Number(usec) / 2_000;
    }),
  );
});
