// A relay that the test itself is: what the stack sends to tun0 in one namespace, it reads and writes to tun1 in another.
import { closeSync, writeSync } from 'node:fs';
import { inNetns } from '../../../src/libbpf/libc.js';
import { connectSocket, openDatagramSocket } from '../../../src/libbpf/sockets.js';
import { sinkPort } from '../devices/flow.js';
import type { Ground } from '../devices/ground.js';
import { rightAddress, UserDevice } from '../devices/links.js';

const socketBytes = 1024 * 1024;

export interface Relay {
  readonly from: string;
  readonly to: string;
  readonly devices: readonly string[];
  /** Sends datagrams that all differ. */
  send(datagrams: number, byteLength?: number): void;
  /** Passes so many packets on. */
  pass(packets: number): Promise<void>;
  /** User space writes a packet of its own. */
  write(packet: Buffer): void;
}

export async function openRelay(ground: Ground): Promise<Relay> {
  const [from, to] = [await ground.netns(), await ground.netns()];
  const source = await UserDevice.add(ground, 'tun', from, 'tun0', 1);
  const target = await UserDevice.add(ground, 'tun', to, 'tun1', 2);
  const fd = inNetns(from, () => openDatagramSocket(socketBytes));
  ground.cleanup.add('close a socket', () => closeSync(fd));
  inNetns(from, () => connectSocket(fd, rightAddress(1), sinkPort));
  let sent = 0;
  return {
    from,
    to,
    devices: [`${from}/tun0`, `${to}/tun1`],
    send: (datagrams, byteLength = 22) => {
      for (let at = 0; at < datagrams; at++) {
        const payload = Buffer.alloc(byteLength, 'vifscope');
        payload.writeUInt32BE(++sent);
        writeSync(fd, payload);
      }
    },
    pass: async (packets) => {
      for (let passed = 0; passed < packets; passed++) target.write(await source.read());
    },
    write: (packet) => target.write(packet),
  };
}
