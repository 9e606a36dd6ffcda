// Child program: a tun forwarder that keeps each packet for a time drawn from a known distribution, and tells in the
// end how long it had each: at least from the end of the read to the beginning of the write, and at most from before
// the one until after the other. Arguments: namespaces of tun0 and tun1, packets, mean residence and interval in µs.
import { readSync, writeSync } from 'node:fs';
import { inNetns, openTunTap } from '../../../src/libbpf/libc.js';
import { marks, payloadAt } from './numberedFlow.js';
import { drawnNs } from './residences.js';

const [fromNetns = '', toNetns = '', ...numbers] = process.argv.slice(2);
const [packets = 0, meanUs = 0, intervalUs = 0] = numbers.map(Number);
const slotBytes = 128;

const from = inNetns(fromNetns, () => openTunTap('tun', 'tun0'));
const to = inNetns(toNetns, () => openTunTap('tun', 'tun1'));
const clockNs = (): number => Number(process.hrtime.bigint());

/** Passes on what comes to prime the path, until the one that is the last of it. */
function prime(): void {
  const packet = Buffer.alloc(slotBytes);
  for (;;) {
    const length = readSync(from, packet);
    const mark = packet[payloadAt];
    writeSync(to, packet, 0, length);
    if (mark === marks.lastPriming) return;
  }
}

interface Held {
  readonly at: number;
  readonly length: number;
  readonly askedNs: number;
  readonly takenNs: number;
  readonly dueNs: number;
}

/** Reads one packet an interval and writes each when it is due; meanwhile it looks at the clock, for a sleep ends late. */
function forward(): { readonly leastNs: number[]; readonly mostNs: number[] } {
  const slots = Buffer.alloc(packets * slotBytes);
  const [leastNs, mostNs] = [new Array<number>(packets), new Array<number>(packets)];
  const held: Held[] = [];
  const startNs = clockNs();
  for (let [taken, written] = [0, 0]; written < packets; ) {
    const [first] = held;
    const readAtNs = taken < packets ? startNs + taken * intervalUs * 1_000 : Number.POSITIVE_INFINITY;
    const nowNs = clockNs();
    if (first && first.dueNs <= nowNs) {
      held.shift();
      leastNs[first.at] = clockNs() - first.takenNs;
      writeSync(to, slots, first.at * slotBytes, first.length);
      mostNs[first.at] = clockNs() - first.askedNs;
      written += 1;
    } else if (readAtNs <= nowNs) {
      const askedNs = clockNs();
      const length = readSync(from, slots, taken * slotBytes, slotBytes, null);
      const takenNs = clockNs();
      const dueNs = takenNs + drawnNs(taken, packets, meanUs * 1_000);
      const behind = held.findIndex((other) => other.dueNs > dueNs);
      held.splice(behind < 0 ? held.length : behind, 0, { at: taken, length, askedNs, takenNs, dueNs });
      taken += 1;
    }
  }
  return { leastNs, mostNs };
}

writeSync(1, 'ready\n');
prime();
// All packets are in the ring before the first is read: so no read waits for one, and each lasts as long as it takes.
readSync(0, Buffer.alloc(1));
writeSync(1, `${JSON.stringify(forward())}\n`);
// The devices go with this process: what is under way on them is to arrive first.
Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 60_000);
