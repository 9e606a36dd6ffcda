import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { Agent, get } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import { buildPath } from '../../../src/bench/buildPath.js';
import { RunningDaemon } from '../../../src/bench/service/runDaemon.js';
import { waitUntil } from '../../bench/realHost.js';
import { kernelTest } from '../../kernel/support/kernelTest.js';
import { receiverMissing, withReceiver } from '../notify/receiver.js';
import { startLoad } from './serviceTest.js';

interface Asked {
  readonly status: number | undefined;
  readonly body: string;
}

/** Asks over one connection, for a service that can't take another. */
class Asker {
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 1 });
  readonly #url: string;

  constructor(url: string) {
    this.#url = url;
  }

  ask(path: string): Promise<Asked> {
    return new Promise((resolve, reject) => {
      const request = get(`${this.#url}${path}`, { agent: this.#agent }, async (answer) => {
        const body = (await answer.setEncoding('utf8').toArray()).join('');
        resolve({ status: answer.statusCode, body });
      });
      request.on('error', reject);
    });
  }

  /** Asks again and again until the answer fits. */
  async until(path: string, fits: (asked: Asked) => boolean, limitSeconds: number): Promise<Asked> {
    const endMs = performance.now() + limitSeconds * 1_000;
    for (;;) {
      const asked = await this.ask(path);
      if (fits(asked)) return asked;
      if (performance.now() > endMs) throw new Error(`still ${asked.status}: ${asked.body.slice(0, 1_000)}`);
      await sleep(20);
    }
  }

  close(): void {
    this.#agent.destroy();
  }
}

const isStatus =
  (status: number) =>
  (asked: Asked): boolean =>
    asked.status === status;

/** The service's user, who may set its limits where root itself may not. */
const nobody = { uid: 65_534, gid: 65_534 };

/** How many descriptors the service may open; those that are open stay. */
const limitFiles = (pid: number, limit: number): void => {
  execFileSync('prlimit', ['--pid', `${pid}`, `--nofile=${limit}:`], nobody);
};

const watchdog = 'the watchdog is fed only when the last reading succeeded';
const missing = receiverMissing();
/** Fed twice as often: far more often than the readings, of which one a second may lead out of the failed state. */
const watchdogUsec = '20000';

if (missing !== null) test.skip(`${watchdog} (skipped: ${missing})`, () => {});
else
  kernelTest(watchdog, [], async (t, scope) => {
    const address = `@vifscope-test-${randomUUID()}`;
    const told: string[] = [];
    const isFed = (from: number) => told.slice(from).includes('WATCHDOG=1');
    const body = async (next: () => Promise<string>) => {
      const daemon = await RunningDaemon.start({}, scope, [
        'env',
        `NOTIFY_SOCKET=${address}`,
        `WATCHDOG_USEC=${watchdogUsec}`,
      ]);
      const receiving = (async () => {
        for (;;) told.push(await next());
      })();
      // It is over with the receiver.
      receiving.catch(() => {});
      const asker = new Asker(daemon.url);
      scope.cleanup.add('close the connection', () => asker.close());
      await asker.ask('/readyz');
      t.true(await waitUntil(() => isFed(0), 10), 'fed while running');

      limitFiles(daemon.pid, 3);
      const path = await buildPath('veth', scope);
      const load = await startLoad({ path, daemon, scope }, 5_000, 60);
      await asker.until('/healthz', isStatus(503), 20);
      // With descriptors again it could tell, and is failed still until the next reading.
      const failedFrom = told.length;
      limitFiles(daemon.pid, 1_024);
      t.true(await waitUntil(() => isFed(failedFrom), 10), 'fed again');
      t.regex(told[failedFrom] ?? '', /^STATUS=running/, 'but first it runs again');
      await load.stop();
    };
    await withReceiver(address, body, 50_000);
  });

kernelTest('readings that fail are told, and so is that they succeed again', [], async (t, scope) => {
  const daemon = await RunningDaemon.start({}, scope);
  const asker = new Asker(daemon.url);
  scope.cleanup.add('close the connection', () => asker.close());
  t.is((await asker.ask('/readyz')).status, 200);

  // A device's new namespace has its name looked up in a directory, and there is no descriptor left to open it.
  limitFiles(daemon.pid, 3);
  const path = await buildPath('veth', scope);
  const load = await startLoad({ path, daemon, scope }, 5_000, 60);
  const { body } = await asker.until('/healthz', isStatus(503), 20);
  t.regex(body, /the kernel's memory can't be read: .*EMFILE/);
  await daemon.untilSaid(/the kernel's memory can't be read: .*EMFILE/, 5);
  const ready = await asker.until('/readyz', isStatus(503), 20);
  t.is(ready.body, 'failed\n');

  limitFiles(daemon.pid, 1_024);
  await daemon.untilSaid(/the kernel's memory is read again/, 10);
  await asker.until('/readyz', isStatus(200), 10);
  t.is((await asker.ask('/healthz')).status, 200);
  const counted = /^vifscope_segment_latency_seconds_count\{device="veth1".*\} [1-9]/m;
  await asker.until('/metrics', (asked) => counted.test(asked.body), 10);
  await load.stop();
});
