import type { Hook } from '../../../src/kernel/hooks.js';
import { imbalance } from '../../../src/measure/accounting.js';
import { type DeviceKind, type Segment, segmentsOf } from '../../../src/measure/segments.js';
import { learn } from '../devices/figures.js';
import { listen, sender } from '../devices/flow.js';
import { groundTest } from '../devices/ground.js';
import { addPair, rightAddress, UserDevice } from '../devices/links.js';

/** A veth has no queue, so no qdisc. What a veth pair and a tun can still measure of a packet each way; inject, which many kernels refuse, aside. */
const expectations: readonly { readonly without: Hook; readonly veth: Segment[]; readonly tun: Segment[] }[] =
  [
    { without: 'net_dev_queue', veth: ['driver', 'backlog'], tun: ['driver', 'backlog', 'ring'] },
    // A backlog begins at another hook on a veth than on a tun; without either hook there is none.
    { without: 'net_dev_start_xmit', veth: [], tun: [] },
    { without: 'net_dev_xmit', veth: ['backlog'], tun: ['qdisc', 'backlog', 'ring'] },
    {
      without: 'netif_receive_skb_entry',
      veth: ['driver'],
      tun: ['qdisc', 'driver', 'ring'],
    },
    { without: 'netif_receive_skb', veth: ['driver'], tun: ['qdisc', 'driver', 'ring'] },
    {
      without: 'skb_copy_datagram_iovec',
      veth: ['driver', 'backlog'],
      tun: ['qdisc', 'driver', 'backlog'],
    },
    { without: 'kfree_skb', veth: ['driver'], tun: ['driver'] },
    {
      without: 'napi_gro_receive_entry',
      veth: ['driver', 'backlog'],
      tun: ['qdisc', 'driver', 'backlog', 'ring'],
    },
  ];

for (const { without, veth, tun } of expectations) {
  groundTest(`without ${without} the rest is measured, and the hooks say so`, async (t, ground) => {
    const [a, b] = [await ground.netns(), await ground.netns()];
    await addPair({ left: 'v0', right: 'v1', leftNetns: a, rightNetns: b, number: 1 });
    const device = await UserDevice.add(ground, 'tun', a, 'tun0', 2);
    listen(ground, b);
    const [toVeth, toTun] = [sender(ground, a, rightAddress(1)), sender(ground, a, rightAddress(2))];
    const measurement = ground.measure({ without: [without] });
    const cycle = async () => {
      toVeth(1);
      toTun(1);
      device.write(await device.read());
    };
    const cycles: Promise<void>[] = [];
    await learn(measurement, [`${a}/v0`, `${b}/v1`, `${a}/tun0`], () => void cycles.push(cycle()));
    await Promise.all(cycles);
    measurement.restart();
    for (let packet = 0; packet < 5; packet++) await cycle();
    await measurement.finish();
    const snapshot = measurement.snapshot();
    const measured = (kind: DeviceKind) =>
      segmentsOf(kind).filter((segment) =>
        snapshot.segments.some((l) => l.kind === kind && l.segment === segment && segment !== 'inject'),
      );
    t.deepEqual([measured('veth'), measured('tun')], [veth, tun]);
    t.deepEqual(
      snapshot.accounting.filter((line) => line.segment !== 'inject' && line.unmatched > 0),
      [],
      'a segment that cannot be measured counts no ends either',
    );
    const hook = snapshot.hooks.find((line) => line.hook === without);
    t.like(hook, { state: 'missing', mechanism: null });
    t.regex(hook?.reason ?? '', /left out on request/);
    t.deepEqual(
      snapshot.accounting.filter((line) => imbalance(line) !== 0),
      [],
    );
  });
}
