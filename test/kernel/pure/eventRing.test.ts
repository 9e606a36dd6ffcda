// The decoder of the ring on memory as no kernel leaves it. Catches: a loop that never ends, a read beyond the mapping, an
// event made up of what none is, and a reader that never comes right again.
import test from 'ava';
import fc from 'fast-check';
import * as abi from '../../../src/abi/layout.js';
import { VifscopeError } from '../../../src/errors.js';
import { EventRing } from '../../../src/kernel/eventRing.js';
import { busyBit, discardBit, type Event, RingMemory } from './ringMemory.js';

const byteLength = 4_096;
const recordBytes = 8 + abi.event.size;

const eventOf = (at: number): Event => ({
  timeNs: 1_000 + at,
  content: BigInt(at) << 32n,
  device: at,
  point: abi.point.sent,
});

function openRing(memory = new RingMemory(byteLength)) {
  const ring = new EventRing(memory.ring);
  const read = (): Event[] => {
    const events: Event[] = [];
    ring.read((timeNs, high, low, device, point) =>
      events.push({ timeNs, content: (BigInt(high) << 32n) | BigInt(low), device, point }),
    );
    return events;
  };
  return { memory, read };
}

test('events come as they were written, also where the ring begins anew', (t) => {
  const { memory, read } = openRing();
  for (let round = 0; round < 50; round++) {
    const sent = Array.from({ length: 100 }, (_, at) => eventOf(round * 100 + at));
    for (const event of sent) memory.addEvent(event);
    t.deepEqual(read(), sent);
    t.is(memory.consumed, memory.produced, 'and their room is given back');
  }
});

test('a record that its program has not finished holds up those behind it, and comes in its order', (t) => {
  const { memory, read } = openRing();
  memory.addEvent(eventOf(1));
  const unfinished = memory.produced;
  memory.addEvent(eventOf(2), busyBit);
  memory.addEvent(eventOf(3));
  t.deepEqual(read(), [eventOf(1)]);
  t.deepEqual(read(), []);
  t.is(memory.consumed, unfinished);
  memory.writeHeader(unfinished, abi.event.size);
  t.deepEqual(read(), [eventOf(2), eventOf(3)]);
});

test('a record that its program has discarded is passed over, whatever its length', (t) => {
  const { memory, read } = openRing();
  memory.addEvent(eventOf(1), discardBit);
  memory.add(Buffer.alloc(13), discardBit);
  memory.addEvent(eventOf(2));
  t.deepEqual(read(), [eventOf(2)]);
});

/** What no program of this version writes, and how the refusal names it. */
const refused: Readonly<Record<string, readonly [spoil: (memory: RingMemory) => void, named: RegExp]>> = {
  'a record of another version': [
    (memory) => memory.add(Buffer.alloc(abi.event.size + 8)),
    /32 bytes, where this version has 24/,
  ],
  'an empty record': [(memory) => memory.add(Buffer.alloc(0)), /0 bytes, where this version has 24/],
  'a length that is no multiple of eight': [(memory) => memory.add(Buffer.alloc(21)), /21 bytes, where/],
  'a hook of another version': [(memory) => memory.addEvent({ ...eventOf(9), point: 9 }), /at hook 9, which/],
  'no hook': [(memory) => memory.addEvent({ ...eventOf(9), point: 0 }), /at hook 0, which/],
  'a record longer than what was written': [
    (memory) => {
      const at = memory.produced;
      memory.addEvent(eventOf(9));
      memory.writeHeader(at, 64);
    },
    /64 bytes ends behind/,
  ],
  'a discarded record longer than the ring': [
    (memory) => {
      const at = memory.produced;
      memory.addEvent(eventOf(9));
      memory.writeHeader(at, discardBit | 0x3fff_ffff);
    },
    /1073741823 bytes ends behind/,
  ],
  'a position that jumps': [
    (memory) => {
      memory.produced += byteLength + recordBytes;
    },
    /the kernel is at byte \d+ of it/,
  ],
  'a position that goes back': [
    (memory) => {
      memory.produced -= recordBytes;
    },
    /the kernel is at byte \d+ of it/,
  ],
  'a position between two records': [
    (memory) => {
      memory.produced = memory.consumed + 4;
    },
    /the kernel is at byte \d+ of it/,
  ],
};

for (const [what, [spoil, named]] of Object.entries(refused))
  test(`${what} is refused by name, and the next events are read`, (t) => {
    const { memory, read } = openRing();
    for (let at = 0; at < 5; at++) memory.addEvent(eventOf(at));
    t.is(read().length, 5);
    spoil(memory);
    const error = t.throws(read, { instanceOf: VifscopeError });
    t.regex(error?.message ?? '', /^cannot read the programs' ring of events: .*; .*install vifscope anew/);
    t.regex(error?.failure.reason ?? '', named);
    if (memory.produced % 8 > 0) {
      memory.produced += 8 - (memory.produced % 8);
      t.throws(
        read,
        { instanceOf: VifscopeError },
        'what is written from there on can not be told from where',
      );
    }
    memory.addEvent(eventOf(7));
    t.deepEqual(read(), [eventOf(7)]);
  });

test('what stands behind a record that is refused is read with it', (t) => {
  const { memory } = openRing();
  memory.add(Buffer.alloc(40));
  memory.addEvent(eventOf(1));
  const taken: number[] = [];
  const ring = new EventRing(memory.ring);
  t.throws(() => ring.read((timeNs) => taken.push(timeNs)), { instanceOf: VifscopeError });
  t.deepEqual(taken, [1_001]);
  t.is(
    ring.read(() => t.fail()),
    0,
    'and nothing of it twice',
  );
});

/** What happens to a ring between two readings. */
const mishap = fc.oneof(
  fc.record({ kind: fc.constant('event' as const), at: fc.nat(1_000) }),
  fc.record({
    kind: fc.constant('bytes' as const),
    position: fc.nat(2 * byteLength),
    bytes: fc.uint8Array({ maxLength: 64 }),
  }),
  fc.record({
    kind: fc.constant('header' as const),
    position: fc.nat(byteLength / 8).map((at) => at * 8),
    header: fc.oneof(fc.constantFrom(0, 24, 32, busyBit, discardBit, 0xffff_ffff), fc.nat(0xffff_ffff)),
  }),
  fc.record({
    kind: fc.constant('produced' as const),
    position: fc.oneof(fc.nat(3 * byteLength), fc.maxSafeNat(), fc.constant(2 ** 60)),
  }),
);

test('whatever is in the ring: a reading ends, stays within the memory, and makes up no event', (t) => {
  const property = fc.property(
    fc.array(mishap, { maxLength: 80, size: 'max' }),
    fc.nat(byteLength),
    (mishaps, start) => {
      const memory = new RingMemory(byteLength);
      memory.consumed = start;
      memory.produced = start;
      const { read } = openRing(memory);
      for (const given of mishaps) {
        if (given.kind === 'event') memory.addEvent(eventOf(given.at));
        else if (given.kind === 'bytes') memory.write(given.position, given.bytes);
        else if (given.kind === 'header') memory.writeHeader(given.position, given.header);
        else memory.produced = given.position;
        const produced = memory.produced;
        let events: readonly Event[] = [];
        try {
          events = read();
        } catch (error) {
          if (!(error instanceof VifscopeError)) throw error;
        }
        if (events.length > byteLength / recordBytes) throw new Error(`${events.length} events at once`);
        if (events.some(({ point }) => point < abi.point.sent || point >= abi.point.n))
          throw new Error('no hook');
        if (memory.consumed > produced) throw new Error(`read up to ${memory.consumed} of ${produced}`);
      }
    },
  );
  t.notThrows(() => fc.assert(property, { numRuns: 2_000, includeErrorInReport: true }));
});
