// Child program: reads packets from a tun and is busy with each for a while, on its CPU all the time, or sleeps over it;
// keeps them all. Arguments: namespaces of tun0 and of tun1, which it only holds; µs a packet; busy or asleep.
import { readSync, writeSync } from 'node:fs';
import { inNetns, openTunTap } from '../../../src/libbpf/libc.js';

const [fromNetns = '', toNetns = '', eachText, how] = process.argv.slice(2);
const eachUs = Number(eachText);
const cell = new Int32Array(new SharedArrayBuffer(4));
const maxPacketBytes = 65_536;

const from = inNetns(fromNetns, () => openTunTap('tun', 'tun0'));
inNetns(toNetns, () => openTunTap('tun', 'tun1'));
const packet = Buffer.alloc(maxPacketBytes);
writeSync(1, 'ready\n');
for (;;) {
  readSync(from, packet);
  const untilNs = process.hrtime.bigint() + BigInt(eachUs * 1_000);
  if (how === 'asleep') Atomics.wait(cell, 0, 0, eachUs / 1_000);
  while (process.hrtime.bigint() < untilNs);
}
