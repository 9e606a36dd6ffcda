// A measurement of a command's own that is split while it goes on.
// Catches: a packet that falls between two intervals or into both, what is under way lost at a seam, a clock that isn't
// the next interval's.
import { setTimeout as sleep } from 'node:timers/promises';
import type { Snapshot } from '../../../src/measure/snapshot.js';
import type { Measurement } from '../../../src/measurement.js';
import { waitUntil } from '../../bench/waitUntil.js';
import { listen, sender, sinkPort } from '../devices/flow.js';
import { groundTest } from '../devices/ground.js';
import { addPair, leftAddress, rightAddress, UserDevice } from '../devices/links.js';
import { accountsOf, assertBalanced } from '../support/lines.js';
import { startSending } from '../support/sending.js';

const packets = 20_000;
const splits = 6;

const learntBy = (measurement: Measurement, devices: number, nudge: () => void): Promise<boolean> =>
  waitUntil(() => {
    nudge();
    return measurement.devices.length === devices;
  }, 5);

groundTest(
  'parts of a measurement under load: each adds up, and together they are all of it',
  async (t, ground) => {
    const [a, b] = [await ground.netns(), await ground.netns()];
    await addPair({ left: 'v0', right: 'v1', leftNetns: a, rightNetns: b, number: 1 });
    listen(ground, b);
    const send = sender(ground, a, rightAddress(1));
    const measurement = ground.measure();
    t.true(await learntBy(measurement, 2, () => send(1)));
    await send.close();
    await sleep(100);
    measurement.split();
    const input = {
      netns: a,
      sourceAddress: leftAddress(1),
      sourcePort: 7_107,
      carrier: 'udp' as const,
      sinkAddresses: [rightAddress(1)],
      sinkPort,
    };
    const scope = { cleanup: ground.cleanup, signal: new AbortController().signal, progress: () => {} };
    const load = { packetsPerSecond: packets, durationSeconds: 1 };
    const generator = await startSending(input, load, scope);
    const parts: Snapshot[] = [];
    for (let part = 0; part < splits; part++) {
      await sleep(1_000 / splits / 2);
      parts.push(measurement.split());
    }
    await generator.result();
    await measurement.finish();
    parts.push(measurement.snapshot());
    const backlogs = parts.filter(({ accounting }) => accounting.length > 0);
    t.true(backlogs.length > 2, `traffic in ${backlogs.length} parts`);
    for (const part of backlogs) assertBalanced(t, part);
    const lines = backlogs.map((part) => accountsOf(part, 'v1', 'backlog'));
    t.is(
      lines.reduce((sum, { matched, dropped }) => sum + matched + dropped, 0),
      packets,
      JSON.stringify(lines),
    );
    for (const [at, { startedAt }] of parts.entries()) {
      const before = parts[at - 1];
      if (!before || at === parts.length - 1) continue;
      const endedMs = Date.parse(before.startedAt) + before.durationSeconds * 1_000;
      t.true(Math.abs(Date.parse(startedAt) - endedMs) <= 2, `${startedAt} after ${endedMs}`);
    }
  },
);

groundTest(
  'what is under way at the seam is in flight before it and matched behind it',
  async (t, ground) => {
    const a = await ground.netns();
    const tun = await UserDevice.add(ground, 'tun', a, 'tun0', 1);
    const send = sender(ground, a, rightAddress(1));
    const measurement = ground.measure();
    let sent = 0;
    const nudge = () => {
      send(1);
      sent += 1;
    };
    t.true(await learntBy(measurement, 1, nudge));
    await tun.readAll(sent);
    measurement.split();
    send(5);
    const before = measurement.split();
    send(3);
    await tun.readAll(8);
    const behind = measurement.split();
    t.like(accountsOf(before, 'tun0', 'ring'), { started: 5, matched: 0, inFlight: 5 });
    t.like(accountsOf(behind, 'tun0', 'ring'), { started: 8, matched: 8, inFlight: 0, unmatched: 0 });
    for (const part of [before, behind]) assertBalanced(t, part);
  },
);
