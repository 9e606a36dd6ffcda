// A tun or tap that is read without waiting: the clock before a read is then one just before the packet was taken.
import { readSync, writeSync } from 'node:fs';
import { inNetns, openTunTap } from '../../../src/libbpf/libc.js';
import { ioctl } from '../../vm/inside/ioctl.js';

/** include/uapi/asm-generic/ioctls.h */
const FIONBIO = 0x5421;
const largestPacketBytes = 65_600;

export class PollDevice {
  readonly fd: number;
  readonly #space = Buffer.alloc(largestPacketBytes);

  constructor(kind: 'tun' | 'tap', netns: string, name: string) {
    this.fd = inNetns(netns, () => openTunTap(kind, name));
    const on = Buffer.alloc(4);
    on.writeInt32LE(1);
    ioctl('FIONBIO', this.fd, FIONBIO, on);
  }

  /** The next packet, which is there until the next call; null where none waits. */
  read(): Buffer | null {
    try {
      return this.#space.subarray(0, readSync(this.fd, this.#space));
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EAGAIN') return null;
      throw error;
    }
  }

  write(packet: Buffer): void {
    writeSync(this.fd, packet);
  }
}
