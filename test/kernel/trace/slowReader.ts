// Child program: reads packets from a tun and is busy with each for a while, on its CPU all the time; keeps them all.
// Arguments: namespaces of tun0 and of tun1, which it only holds; µs a packet.
import { readSync, writeSync } from 'node:fs';
import { inNetns, openTunTap } from '../../../src/libbpf/libc.js';

const [fromNetns = '', toNetns = '', busyText] = process.argv.slice(2);
const busyNs = Number(busyText) * 1_000;
const maxPacketBytes = 65_536;

const from = inNetns(fromNetns, () => openTunTap('tun', 'tun0'));
inNetns(toNetns, () => openTunTap('tun', 'tun1'));
const packet = Buffer.alloc(maxPacketBytes);
writeSync(1, 'ready\n');
for (;;) {
  readSync(from, packet);
  const untilNs = process.hrtime.bigint() + BigInt(busyNs);
  while (process.hrtime.bigint() < untilNs);
}
