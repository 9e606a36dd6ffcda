// Cases of TCP over a veth pair, whose large segments are cut and merged on the way.
import type { CaseGround, Lane } from '../ground.js';
import { setOffload } from './offloads.js';
import { addPair, type Pair, right } from './veth.js';

const port = 9_008;
const segmentBytes = 1_448;

/** Sends as many bytes as so many full segments hold; packets are of TCP's own choosing. */
const tcpLane =
  (setting: (ground: CaseGround, pair: Pair) => Promise<void>) =>
  async (ground: CaseGround): Promise<Lane> => {
    const pair = await addPair(ground);
    await setting(ground, pair);
    const { a, b } = pair;
    const carry = async (packets: number) => {
      const deliveredBefore = await deliveriesIn(ground, b);
      const startedNs = process.hrtime.bigint();
      const received = ground.inside(b, `busybox nc -l -p ${port} | busybox wc -c`);
      // At once, so that the sender always has more to send than one segment.
      const source = `busybox dd if=/dev/zero bs=${segmentBytes * packets} count=1 2>/dev/null`;
      // The other end may not listen yet.
      const tries = `for i in 1 2 3 4 5 6 7 8; do ${source} | busybox nc ${right} ${port} && break; busybox sleep 0.3; done`;
      await ground.inside(a, tries);
      const bytes = Number(await received);
      const longestNs = Number(process.hrtime.bigint() - startedNs);
      const deliveries = (await deliveriesIn(ground, b)) - deliveredBefore;
      const arrived = Math.floor(bytes / segmentBytes);
      return { sent: packets, received: arrived, longestNs, stampedNs: null, deliveries };
    };
    return { devices: [`${a}/v0`, `${b}/v1`], carry };
  };

/** What IP has received in this namespace; packets that GRO has merged are one. */
async function deliveriesIn(ground: CaseGround, netns: string): Promise<number> {
  const [heads = '', values = ''] = (await ground.inside(netns, 'busybox grep ^Ip: /proc/net/snmp')).split(
    '\n',
  );
  return Number(values.split(' ')[heads.split(' ').indexOf('InReceives')]);
}

/** Segments of one packet each, which the receiver merges: it holds them for a while, for one CPU polls one by one. */
export const mergingLane = tcpLane(async (ground, { a, b }) => {
  setOffload(a, 'v0', 'tso', false);
  setOffload(a, 'v0', 'gso', false);
  setOffload(b, 'v1', 'gro', true);
  await ground.set(b, '/sys/class/net/v1/gro_flush_timeout', '5000000');
  await ground.set(b, '/sys/class/net/v1/napi_defer_hard_irqs', '10');
});

/** Large segments into a queue that lets hardly more than one packet pass at once: the shortest of them is cut there. */
export const cuttingLane = tcpLane(async (ground, { a }) => {
  setOffload(a, 'v0', 'tso', false);
  setOffload(a, 'v0', 'gso', true);
  await ground.queue(a, 'v0 root tbf rate 100mbit burst 2kb latency 200ms');
});
