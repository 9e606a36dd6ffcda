// How many snapshots are taken at the same time, and how much memory they get.
import test from 'ava';
import fc from 'fast-check';
import { type Door, type SnapshotLimits, Snapshots } from '../../daemon/snapshots.js';
import { VifscopeError } from '../../src/errors.js';
import { sampleSnapshot } from '../export/sampleSnapshot.js';

const closed = {
  reading: { devices: [], unlearnedHookRuns: 0, devicesTurnedAway: 0 },
  startedAt: new Date(0),
  durationSeconds: 1,
  legs: null,
};

/** Intervals of so many bytes each, and a way to order one. */
function takingOf(limits: SnapshotLimits, bytes: number) {
  const rooms: (() => boolean)[] = [];
  const snapshots = new Snapshots({
    open: (_, hasRoom) => {
      rooms.push(hasRoom);
      return { bytes, close: () => closed, abandon: () => {} };
    },
    workOut: () => Promise.resolve(sampleSnapshot({})),
    limits: () => limits,
  });
  const { signal } = new AbortController();
  /** @returns the error's code and reason, or null when it is being taken */
  const order = async (door: Door, id: string | null = null) => {
    const taking = snapshots.take({ durationSeconds: 60, isWanted: () => true, id, door, signal });
    const refusal = taking.then(
      () => null,
      (error: unknown) => (error instanceof VifscopeError ? error.failure : Promise.reject(error)),
    );
    return Promise.race([refusal, new Promise<null>((resolve) => setImmediate(() => resolve(null)))]);
  };
  return { snapshots, order, rooms };
}

test('whoever comes by HTTP gets half, and the control socket has the rest', async (t) => {
  const { snapshots, order } = takingOf({ snapshots: 5, snapshotBytes: 1e9 }, 1);
  for (let number = 0; number < 3; number++) t.is(await order('http'), null);
  t.regex((await order('http'))?.reason ?? '', /^3 are being taken already/);
  for (let number = 0; number < 2; number++) t.is(await order('control'), null);
  const refusal = await order('control');
  t.is(refusal?.code, 'BUSY');
  t.regex(`${refusal?.reason}; ${refusal?.remedy}`, /^5 are being taken already.*limits\.snapshots$/);
  t.is(snapshots.refused, 2);
  snapshots.endAll();
});

test('no snapshot begins, and none takes in another device, while those under way hold the memory', async (t) => {
  const { snapshots, order, rooms } = takingOf({ snapshots: 100, snapshotBytes: 1_000 }, 400);
  t.is(await order('control'), null);
  t.is(await order('control'), null);
  t.deepEqual(
    rooms.map((hasRoom) => hasRoom()),
    [true, true],
  );
  t.is(await order('control'), null);
  t.deepEqual(
    rooms.map((hasRoom) => hasRoom()),
    [false, false, false],
  );
  const refusal = await order('control');
  t.is(refusal?.code, 'BUSY');
  t.regex(`${refusal?.reason}; ${refusal?.remedy}`, /no memory.*limits\.snapshot_memory$/);
  t.is(snapshots.refused, 1);
  snapshots.endAll();
});

test('an id is in use as long as its snapshot is taken', async (t) => {
  const { snapshots, order } = takingOf({ snapshots: 9, snapshotBytes: 1e9 }, 1);
  t.is(await order('control', 'a'), null);
  t.is((await order('control', 'a'))?.code, 'USAGE');
  t.is(await order('control', 'b'), null);
  t.true(snapshots.end('a'));
  await new Promise((resolve) => setTimeout(resolve, 10));
  t.false(snapshots.end('a'));
  t.is(await order('control', 'a'), null);
  t.is(snapshots.refused, 0);
  snapshots.endAll();
});

test('whatever comes by HTTP, one order by the control socket finds room', async (t) => {
  await fc.assert(
    fc.asyncProperty(
      fc.record({
        snapshots: fc.integer({ min: 2, max: 9 }),
        snapshotBytes: fc.integer({ min: 1_000, max: 9_000 }),
      }),
      fc.integer({ min: 1, max: 400 }),
      async (limits, bytes) => {
        const { snapshots, order } = takingOf(limits, bytes);
        for (let number = 0; number < 20; number++) await order('http');
        t.is(await order('control'), null);
        snapshots.endAll();
      },
    ),
    { numRuns: 50 },
  );
});
