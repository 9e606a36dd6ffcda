import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Snapshot } from '../../src/measure/snapshot.js';
import { groundTest } from '../kernel/devices/ground.js';
import { carryTraffic } from './traffic.js';
import { assertClean, start, untilAttached } from './vifscope.js';

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  groundTest(`${signal} ends a snapshot early, and what was measured is printed`, async (t, ground) => {
    const { glob } = await carryTraffic(ground);
    const directory = mkdtempSync(join(tmpdir(), 'vifscope-cli-'));
    t.teardown(() => rmSync(directory, { recursive: true }));
    const hlog = join(directory, 'out.hlog');
    const args = ['snapshot', '--device', glob, '--duration', '25', '--json', '--hlog', hlog];
    const { child, ended } = start(args);
    await untilAttached(t, child);
    // Long enough for a busy host to learn the devices and carry a packet.
    await sleep(1_000);
    child.kill(signal);
    // A second one, while it is ending, changes nothing.
    child.kill(signal);
    const outcome = await ended;
    t.deepEqual([outcome.status, outcome.signal, outcome.stderr], [0, null, '']);
    const { segments, durationSeconds } = JSON.parse(outcome.stdout) as Snapshot;
    t.true(segments.some((line) => line.segment === 'backlog' && line.count > 0));
    t.true(durationSeconds < 20, `${durationSeconds} s, as long as it lasted`);
    t.regex(readFileSync(hlog, 'utf8'), /^Tag=/m);
    assertClean(t, child, outcome);
  });
}

groundTest('a signal while it starts leaves nothing behind, and no empty log', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'vifscope-cli-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  for (const delayMs of [0, 60, 120, 180, 240, 320, 400]) {
    const hlog = join(directory, `${delayMs}.hlog`);
    const { child, ended } = start(['snapshot', '--duration', '25', '--hlog', hlog]);
    await sleep(delayMs);
    child.kill('SIGINT');
    const outcome = await ended;
    t.true(outcome.elapsedMs < 15_000, `after ${delayMs} ms`);
    // Before it listens, the signal's own effect; later the snapshot of what little there was.
    t.true(outcome.signal === 'SIGINT' || outcome.status === 0, outcome.stderr);
    if (outcome.signal === 'SIGINT') t.false(existsSync(hlog), `an empty log after ${delayMs} ms`);
    assertClean(t, child, outcome);
  }
});

groundTest('killed outright: no program stays attached, no process is left', async (t, ground) => {
  const { glob } = await carryTraffic(ground);
  const { child, ended } = start(['snapshot', '--device', glob, '--duration', '25']);
  await untilAttached(t, child);
  child.kill('SIGKILL');
  const outcome = await ended;
  t.is(outcome.signal, 'SIGKILL');
  assertClean(t, child, outcome);
});
