import test from 'ava';
import fc from 'fast-check';
import * as abi from '../../../src/abi/layout.js';
import { type Announcement, Announcements } from '../../../src/kernel/announcements.js';
import type { MappedMemory } from '../../../src/libbpf/memory.js';
import { memoryOf } from './memory.js';

const u32 = fc.nat(0xffff_ffff);
const u64 = fc.bigInt({ min: 1n, max: 2n ** 64n - 1n });
const name = fc
  .string({ unit: 'binary', maxLength: abi.limit.ifnamsiz })
  .filter((text) => !text.includes('\0') && Buffer.byteLength(text) <= abi.limit.ifnamsiz);
const interfaces = { address: u64, netAddress: u64, ifindex: u32, netnsInum: u32, name };
const announcement: fc.Arbitrary<Announcement> = fc.record({
  ...interfaces,
  hardwareType: u32,
  linkKind: name,
  peer: fc.option(fc.record(interfaces)),
});
const { free, writing, ready } = abi.announcementState;
const place = fc.record({ announcement, state: fc.constantFrom(free, writing, ready) });

/** What announce() of bpf/device.h writes; a name leaves what stood behind its NUL. */
function announce(memory: MappedMemory, index: number, found: Announcement, state: number): void {
  const a = abi.announcement;
  const base = index * a.size;
  const text = (field: { offset: number }, value: string) =>
    memory.bytes.set(Buffer.from(`${value}\0`).subarray(0, abi.limit.ifnamsiz), base + field.offset);
  memory.view.setUint32(base + a.state.offset, state, true);
  memory.view.setUint32(base + a.ifindex.offset, found.ifindex, true);
  memory.view.setBigUint64(base + a.dev.offset, found.address, true);
  memory.view.setBigUint64(base + a.net.offset, found.netAddress, true);
  memory.view.setUint32(base + a.netnsInum.offset, found.netnsInum, true);
  memory.view.setUint32(base + a.hardwareType.offset, found.hardwareType, true);
  text(a.name, found.name);
  text(a.linkKind, found.linkKind);
  memory.view.setBigUint64(base + a.peerDev.offset, found.peer?.address ?? 0n, true);
  if (!found.peer) return;
  memory.view.setBigUint64(base + a.peerNet.offset, found.peer.netAddress, true);
  memory.view.setUint32(base + a.peerIfindex.offset, found.peer.ifindex, true);
  memory.view.setUint32(base + a.peerNetnsInum.offset, found.peer.netnsInum, true);
  text(a.peerName, found.peer.name);
}

test('finished announcements are taken once, in full, and their places are free again', (t) => {
  const rounds = fc.array(
    fc.uniqueArray(fc.tuple(fc.nat(2 ** abi.limit.announcementBits - 1), place), {
      selector: ([index]) => index,
    }),
    { maxLength: 3 },
  );
  fc.assert(
    fc.property(rounds, (rounds) => {
      const memory = memoryOf(2 ** abi.limit.announcementBits * abi.announcement.size);
      const announcements = new Announcements(memory);
      for (const places of rounds) {
        for (const [index, { announcement, state }] of places) announce(memory, index, announcement, state);
        const expected = places
          .filter(([, { state }]) => state === ready)
          .sort(([one], [other]) => one - other)
          .map(([, { announcement }]) => announcement);
        t.deepEqual(announcements.take(), expected);
        t.deepEqual(announcements.take(), []);
        for (const [index, { state }] of places) {
          const after = memory.view.getUint32(
            index * abi.announcement.size + abi.announcement.state.offset,
            true,
          );
          t.is(after, state === writing ? writing : free);
        }
      }
    }),
  );
});
