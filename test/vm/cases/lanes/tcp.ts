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
      const startedNs = process.hrtime.bigint();
      const received = ground.inside(b, `busybox nc -l -p ${port} | busybox wc -c`);
      const source = `busybox dd if=/dev/zero bs=${segmentBytes} count=${packets} 2>/dev/null`;
      // The other end may not listen yet.
      const tries = `for i in 1 2 3 4 5 6 7 8; do ${source} | busybox nc ${right} ${port} && break; busybox sleep 0.3; done`;
      await ground.inside(a, tries);
      const bytes = Number(await received);
      const longestNs = Number(process.hrtime.bigint() - startedNs);
      return { sent: packets, received: Math.floor(bytes / segmentBytes), longestNs, stampedNs: null };
    };
    return { devices: [`${a}/v0`, `${b}/v1`], carry };
  };

/** Segments of one packet each, which the receiver merges. */
export const mergingLane = tcpLane((_ground, { a, b }) => {
  setOffload(a, 'v0', 'tso', false);
  setOffload(a, 'v0', 'gso', false);
  setOffload(b, 'v1', 'gro', true);
  return Promise.resolve();
});

/** Large segments into a queue of a device that can't send them, so that they are cut as they leave it. */
export const cuttingLane = tcpLane(async (ground, { a }) => {
  setOffload(a, 'v0', 'tso', false);
  setOffload(a, 'v0', 'gso', true);
  await ground.queue(a, 'v0 root pfifo limit 1000');
});
