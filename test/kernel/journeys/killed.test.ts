// A reader that is killed while it follows packets. Catches: programs that go on, something pinned, and a ring that the next
// reader finds unreadable.
import { existsSync, readdirSync } from 'node:fs';
import { waitUntil } from '../../bench/realHost.js';
import { assertClean, start, untilAttached } from '../../cli/vifscope.js';
import { learn } from '../devices/figures.js';
import { groundTest } from '../devices/ground.js';
import { ipv4, protocols, udp } from './packets.js';
import { openRelay } from './relay.js';

const pins = (): readonly string[] => (existsSync('/sys/fs/bpf') ? readdirSync('/sys/fs/bpf') : []);
const packets = 50;

groundTest('kill -9 of who follows packets leaves nothing, and the next follows them', async (t, ground) => {
  const relay = await openRelay(ground);
  const pinned = pins();
  const patterns = relay.devices.flatMap((device) => ['--device', device]);
  const { child, ended } = start(['snapshot', '--journeys', '1', '--duration', '25', ...patterns]);
  await untilAttached(t, child);
  for (let sent = 0; sent < 20; sent++) {
    relay.send(packets);
    await relay.pass(packets);
  }
  // Some are under way in its ring and on the devices.
  relay.send(packets);
  child.kill('SIGKILL');
  const outcome = await ended;
  t.is(outcome.signal, 'SIGKILL');
  assertClean(t, child, outcome);
  t.true(await waitUntil(() => !existsSync(`/proc/${child.pid}`), 5));
  t.deepEqual(pins(), pinned);
  await relay.pass(packets);

  const measurement = ground.measure({ journeys: { every: 1, quietMs: 1_500 } });
  let nudges = 0;
  await learn(measurement, relay.devices, () => {
    relay.send(1);
    relay.write(ipv4(protocols.udp, udp(Buffer.alloc(8))));
    nudges += 1;
  });
  await relay.pass(nudges);
  measurement.restart();
  relay.send(packets);
  await relay.pass(packets);
  await measurement.finish();
  const { legs, journeys } = measurement.snapshot();
  t.deepEqual(legs.map(({ leg, count }) => [leg, count]).toSorted(), [
    ['end_to_end', packets],
    ['forwarder', packets],
  ]);
  t.like(journeys, { begun: packets, whole: packets, lostEvents: 0 });
});
