// Child program: a tun forwarder that keeps each packet for a while, drawn from a known distribution, and tells in the
// end how long it really had each. Arguments: namespaces of tun0 and tun1, packets, mean residence in µs.
import { readSync, writeSync } from 'node:fs';
import { inNetns, openTunTap } from '../../../src/libbpf/libc.js';

const [fromNetns = '', toNetns = '', packetsText, meanText] = process.argv.slice(2);
const packets = Number(packetsText);
const meanNs = Number(meanText) * 1_000;
/** What a sleep may overshoot: the rest of the wait is spent looking at the clock. */
const sleepMarginNs = 2_000_000;
const maxPacketBytes = 65_536;
/** Of an IPv4 and a UDP header. */
const payloadAt = 28;
/** First byte of a packet that is passed on at once and not counted. */
const primingMark = 0xff;

const from = inNetns(fromNetns, () => openTunTap('tun', 'tun0'));
const to = inNetns(toNetns, () => openTunTap('tun', 'tun1'));
const packet = Buffer.alloc(maxPacketBytes);
const asleep = new Int32Array(new SharedArrayBuffer(4));
const clockNs = (): number => Number(process.hrtime.bigint());

/** A twentieth takes four times as long as the rest, which is spread evenly over half to one and a half of the mean. */
function drawNs(at: number): number {
  const spread = 0.5 + ((at * 0.618_033_988_75) % 1);
  return meanNs * spread * (at % 20 === 19 ? 4 : 1);
}

function wait(untilNs: number): void {
  const restNs = untilNs - clockNs() - sleepMarginNs;
  if (restNs > 0) Atomics.wait(asleep, 0, 0, restNs / 1e6);
  while (clockNs() < untilNs);
}

writeSync(1, 'ready\n');
const residencesNs = new Float64Array(packets);
for (let at = 0; at < packets; ) {
  const length = readSync(from, packet);
  const takenNs = clockNs();
  if (packet[payloadAt] === primingMark) {
    writeSync(to, packet, 0, length);
    continue;
  }
  wait(takenNs + drawNs(at));
  residencesNs[at] = clockNs() - takenNs;
  writeSync(to, packet, 0, length);
  at += 1;
}
writeSync(1, `${JSON.stringify([...residencesNs])}\n`);
// The devices go with this process: what is under way on them is to arrive first.
Atomics.wait(asleep, 0, 0, 60_000);
