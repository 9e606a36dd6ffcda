// Child program, the middle of the tun path: reads packets from one tun and writes them to another, blocking.
// Lasts until it is killed; the devices are its own and go with it.
import { readSync, writeSync } from 'node:fs';
import { inNetns, openTunTap } from '../../libbpf/libc.js';
import { runChild, say } from './channel.js';
import type { ForwarderInput } from './messages.js';

const maxPacketBytes = 65536;

await runChild<ForwarderInput>(async ({ fromNetns, fromDevice, toNetns, toDevice }) => {
  const from = inNetns(fromNetns, () => openTunTap('tun', fromDevice));
  const to = inNetns(toNetns, () => openTunTap('tun', toDevice));
  await say({ kind: 'ready' });
  const packet = Buffer.alloc(maxPacketBytes);
  for (;;) writeSync(to, packet, 0, readSync(from, packet));
});
