// A tun that nobody reads while packets are to wait in it.
import { closeSync, readSync } from 'node:fs';
import { inNetns, openTunTap } from '../../libbpf/libc.js';
import { addressesOf, sinkPort } from '../addresses.js';
import { runCommand } from '../command.js';
import { Generator, generatorInputOf } from '../load/generator.js';
import type { BuiltPath } from '../path.js';
import type { Scope } from '../scope.js';
import { makeEnds } from '../topologies/ends.js';
import { loadOf, type OneWay } from './sending.js';

const device = 'unread0';
const fillPacketsPerSecond = 200_000;
const largestPacketBytes = 65_600;

export class UnreadTun {
  readonly path: BuiltPath;
  readonly packets: number;
  readonly #fd: number;
  readonly #flows: number;
  readonly #scope: Scope;
  #held = 0;

  /** @param packets that are to wait, of so many flows */
  static async build(packets: number, flows: number, scope: Scope): Promise<UnreadTun> {
    const { generatorNetns: netns } = await makeEnds('tun', scope);
    const fd = inNetns(netns, () => openTunTap('tun', device));
    scope.cleanup.add(`close ${device}`, () => closeSync(fd));
    const ip = (text: string) => runCommand('ip', ['-n', netns, ...text.split(' ')]);
    const { generator, sink } = addressesOf('tun');
    // Twice as much: those by which it is learnt are there as well.
    await ip(`link set ${device} txqueuelen ${2 * packets}`);
    await ip(`address add ${generator}/32 dev ${device}`);
    await ip(`link set ${device} up`);
    await ip(`route add ${sink}/32 dev ${device}`);
    const path: BuiltPath = {
      ...{ name: 'tun', carrier: 'udp', generatorNetns: netns, generatorAddress: generator },
      ...{ sinkNetns: netns, sinkAddress: sink, sinkPort, middlePid: null },
      devices: [{ netns, device, role: 'generator' }],
      middleFailure: () => null,
    };
    return new UnreadTun(path, packets, flows, fd, scope);
  }

  private constructor(path: BuiltPath, packets: number, flows: number, fd: number, scope: Scope) {
    this.path = path;
    this.packets = packets;
    this.#flows = flows;
    this.#fd = fd;
    this.#scope = scope;
  }

  async send(load: OneWay): Promise<void> {
    const generator = await Generator.start(generatorInputOf(this.path), this.#scope);
    try {
      this.#held += (await generator.send(loadOf(load), 1, 'batch')).sent;
    } finally {
      await generator.stop();
    }
  }

  /** What waited before is read, so that exactly the packets of a new load wait. */
  async refill(): Promise<void> {
    const packet = Buffer.alloc(largestPacketBytes);
    for (; this.#held > 0; this.#held--) readSync(this.#fd, packet);
    const [packetsPerSecond, flows] = [fillPacketsPerSecond, this.#flows];
    await this.send({ packetsPerSecond, seconds: this.packets / packetsPerSecond, flows });
  }
}
