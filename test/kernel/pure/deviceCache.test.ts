import test from 'ava';
import fc from 'fast-check';
import * as abi from '../../../src/abi/layout.js';
import { type CacheEntry, DeviceCache } from '../../../src/kernel/deviceCache.js';
import { memoryOf } from './memory.js';

function cacheOf(entries: number) {
  const devices = memoryOf(entries * abi.device.size);
  const sightings = memoryOf(entries * abi.sighting.size);
  return { devices, sightings, cache: new DeviceCache(devices, sightings, entries) };
}

/** place_of() of bpf/in_flight.h before its shift: the low half of the address times 2654435761, modulo 2^32. */
const hashOf = (address: bigint) => Number(((address & 0xffff_ffffn) * 2_654_435_761n) & 0xffff_ffffn);

/** known_device() of bpf/device.h: probes until it finds the address, or a place that was never used. */
function probe(devices: DataView, entries: number, address: bigint): number | null {
  for (let i = 0; i < abi.limit.deviceProbes; i++) {
    const index = ((hashOf(address) >>> (32 - Math.log2(entries))) + i) & (entries - 1);
    const held = devices.getBigUint64(index * abi.device.size + abi.device.dev.offset, true);
    if (held === 0n) return null;
    if (held === address) return index;
  }
  return null;
}

const entry = (address: bigint, parts: Partial<CacheEntry> = {}): CacheEntry => ({
  address,
  netAddress: 0xffff_8880_0100_0000n,
  ifindex: 7,
  kind: 'veth',
  firstShard: 2,
  ...parts,
});

/** A net_device fills a page or more. */
const pageBytes = 4096n;
const address = fc
  .bigInt({ min: 0n, max: 0xf_ffffn })
  .map((page) => 0xffff_8881_0000_0000n + page * pageBytes);
const step = fc.record({ address, isRemoval: fc.boolean() });

test('what is in the cache is found as the programs probe, what was removed is not', (t) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), fc.constantFrom(64, 128), (steps, entries) => {
      const { cache, devices } = cacheOf(entries);
      const held = new Map<bigint, number>();
      for (const { address, isRemoval } of steps) {
        const index = held.get(address);
        if (index !== undefined && isRemoval) {
          cache.remove(index);
          held.delete(address);
        } else if (index === undefined) {
          const inserted = cache.insert(entry(address));
          if (inserted !== null) held.set(address, inserted);
        }
        // Nothing that another entry's coming and going has put out of reach.
        for (const [known, at] of held) t.is(probe(devices.view, entries, known), at);
      }
      for (const { address } of steps)
        if (!held.has(address)) t.is(probe(devices.view, entries, address), null);
    }),
  );
});

test('a cache that is a quarter full turns practically no device away', (t) => {
  const [entries, devices, runs] = [2048, 512, 20];
  let lost = 0;
  const addresses = fc.uniqueArray(address, { minLength: devices, maxLength: devices, size: 'max' });
  fc.assert(
    fc.property(addresses, (addresses) => {
      const { cache } = cacheOf(entries);
      for (const one of addresses) lost += cache.insert(entry(one)) === null ? 1 : 0;
    }),
    { numRuns: runs, endOnFailure: true },
  );
  // A hash without a pattern turns away one in 25,000.
  t.true(lost <= 4, `${lost} of ${runs * devices} found no place`);
});

test('an entry has its fields where the programs read them', (t) => {
  const { cache, devices } = cacheOf(64);
  const parts = {
    netAddress: 0xffff_8880_dead_beefn,
    ifindex: 0x7fff_fffe,
    kind: 'tun',
    firstShard: 65_000,
  } as const;
  const index = cache.insert(entry(0xffff_8881_2345_6000n, parts)) ?? t.fail();
  cache.setPeer(index, 12, 321);
  const { view } = devices;
  const base = index * abi.device.size;
  t.is(view.getBigUint64(base + abi.device.dev.offset, true), 0xffff_8881_2345_6000n);
  t.is(view.getBigUint64(base + abi.device.net.offset, true), parts.netAddress);
  t.is(view.getUint32(base + abi.device.ifindex.offset, true), parts.ifindex);
  t.is(view.getUint16(base + abi.device.firstShard.offset, true), parts.firstShard);
  t.is(view.getUint32(base + abi.device.peerEntry.offset, true), 12);
  t.is(view.getUint16(base + abi.device.peerBacklog.offset, true), 321);
  t.is(view.getUint8(base + abi.device.kind.offset), abi.kind.tun);
});

test('a place used again has nothing of the device before', (t) => {
  const { cache, devices } = cacheOf(64);
  const index = cache.insert(entry(0x1000n)) ?? t.fail();
  cache.setPeer(index, 12, 9);
  devices.view.setUint8(index * abi.device.size + abi.device.gro.offset, 1);
  cache.remove(index);
  t.is(cache.insert(entry(0x1000n, { kind: 'ignored', firstShard: 0 })), index);
  t.is(devices.view.getUint16(index * abi.device.size + abi.device.peerBacklog.offset, true), 0);
  t.is(devices.view.getUint8(index * abi.device.size + abi.device.gro.offset), 0);
});

test('a sighting is read with its name up to NUL or the full length', (t) => {
  const { cache, sightings } = cacheOf(64);
  const base = 5 * abi.sighting.size;
  sightings.view.setUint32(base + abi.sighting.registered.offset, 1, true);
  sightings.view.setUint32(base + abi.sighting.ifindex.offset, 42, true);
  sightings.view.setBigUint64(base + abi.sighting.net.offset, 0xffff_8880_0000_1000n, true);
  sightings.bytes.set(Buffer.from('eth0\0stale name'), base + abi.sighting.name.offset);
  const seen = { registered: true, ifindex: 42, netAddress: 0xffff_8880_0000_1000n };
  t.deepEqual(cache.sighting(5), { ...seen, name: 'eth0' });
  sightings.bytes.set(Buffer.from('0123456789abcdef'), base + abi.sighting.name.offset);
  sightings.view.setUint32(base + abi.sighting.registered.offset, 4, true);
  t.deepEqual(cache.sighting(5), { ...seen, registered: false, name: '0123456789abcdef' });
});
