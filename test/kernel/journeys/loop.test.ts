// A device that loops: what its reader writes back is routed to it again, until no hop is left to the packet.
// Catches: a leg made of rounds that nobody can tell apart, rounds that are not counted, and a reader of events that
// does not live on to follow the next packet.
import { closeSync, writeFileSync } from 'node:fs';
import { inNetns } from '../../../src/libbpf/libc.js';
import { waitUntil } from '../../bench/waitUntil.js';
import { groundTest, ipBatch } from '../devices/ground.js';
import { leftAddress, rightAddress } from '../devices/links.js';
import { accountsOf, assertBalanced } from '../support/lines.js';
import { openNumberedSender } from './numberedFlow.js';
import { PollDevice } from './pollDevice.js';

const packets = 50;
const hops = 16;
const limitSeconds = 10;

/** A router that takes packets from its own address, and neither redirects nor tells of them. */
const settings = {
  ip_default_ttl: String(hops),
  ip_forward: '1',
  'conf/all/accept_local': '1',
  'conf/all/send_redirects': '0',
  'conf/tun0/send_redirects': '0',
  'conf/tun0/rp_filter': '0',
};

groundTest('a device that loops: every round is counted, and none is a leg', async (t, ground) => {
  const netns = await ground.netns();
  const tun = new PollDevice('tun', netns, 'tun0');
  ground.cleanup.add('close tun0', () => closeSync(tun.fd));
  await ipBatch(netns, [
    `address add ${leftAddress(1)}/32 dev tun0`,
    'link set tun0 up',
    `route add ${rightAddress(1)}/32 dev tun0`,
  ]);
  const set = (name: string, value: string) =>
    inNetns(netns, () => writeFileSync(`/proc/sys/net/ipv4/${name}`, value));
  const measurement = ground.measure({ include: [`${netns}/tun0`], journeys: { every: 1, quietMs: 1_500 } });
  const sender = openNumberedSender(
    { generatorNetns: netns, sinkAddress: rightAddress(1), sinkPort: 7_305 },
    ground,
  );
  let read = 0;
  const writeBack = () => {
    for (let packet = tun.read(); packet; packet = tun.read(), read += 1) tun.write(packet);
  };
  const carry = async (rounds: number) => {
    read = 0;
    for (let sent = 0; sent < packets; sent++) sender.send('counted');
    const isOver = () => {
      writeBack();
      return read >= packets * rounds;
    };
    t.true(await waitUntil(isOver, limitSeconds), `${read} reads`);
    await measurement.finish();
    return measurement.snapshot();
  };
  t.true(
    await waitUntil(() => {
      sender.send('priming');
      writeBack();
      return measurement.devices.length === 1;
    }, limitSeconds),
  );

  for (const [name, value] of Object.entries(settings)) set(name, value);
  measurement.restart();
  const looped = await carry(hops);
  assertBalanced(t, looped);
  t.log(JSON.stringify(looped.journeys));
  t.is(read, packets * hops);
  // This host's tracepoints may pass over a few packets.
  t.true(accountsOf(looped, 'tun0', 'ring').matched >= 0.99 * packets * hops);
  t.deepEqual(looped.legs, []);
  t.like(looped.journeys, { begun: packets, ambiguous: packets, whole: 0, evicted: 0, lostEvents: 0 });

  set('ip_forward', '0');
  measurement.restart();
  const { legs, journeys } = await carry(1);
  t.like(journeys, { begun: packets, whole: packets, ambiguous: 0 });
  const place = `${netns}/tun0`;
  t.deepEqual(
    legs.map(({ leg, from, to, count }) => [leg, from, to, count]),
    ['forwarder', 'end_to_end'].map((leg) => [leg, place, place, packets]),
  );
});
