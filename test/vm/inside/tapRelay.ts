// Child program that stands in for a guest: reads frames from one tap and writes them to another, as they are.
// Like QEMU it reads and writes with a virtio_net_hdr in front. Lasts until it is killed.
import { readSync, writeSync } from 'node:fs';
import { inNetns, openTunTap } from '../../../src/libbpf/libc.js';

const maxFrameBytes = 65536;
const [fromNetns = '', toNetns = ''] = process.argv.slice(2);

const from = inNetns(fromNetns, () => openTunTap('tap', 'tap0'));
const to = inNetns(toNetns, () => openTunTap('tap', 'tap1'));
writeSync(1, 'ready\n');
const frame = Buffer.alloc(maxFrameBytes);
for (;;) writeSync(to, frame, 0, readSync(from, frame));
