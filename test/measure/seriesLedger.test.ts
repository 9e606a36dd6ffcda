import test, { type ExecutionContext } from 'ava';
import fc from 'fast-check';
import { snapBounds } from '../../src/measure/bounds.js';
import type { MeasuredDevice } from '../../src/measure/increment.js';
import type { Segment } from '../../src/measure/segments.js';
import { type ReadSeries, SeriesLedger } from '../../src/measure/seriesLedger.js';
import { incrementOf, SampleDevice } from './sampleIncrement.js';

const boundsNs = snapBounds([1e-6, 1e-3, 1]);
const limits = { boundsNs, maxSeries: 100, maxWindowMs: 1_000 };
const nothingWaits = () => 0;

/** Runs of random steps: devices come, count, are renamed, go; bounds change; each reading is checked. */
test('over any history, counters never go back, and each adds up to what its labels have counted', (t) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const history = new History(t);
      for (const one of steps)
        if (one.do === 'scrape') history.check();
        else history.take(one);
      history.check();
    }),
  );
});

test('with little room, what is shown fits in it, and nothing of a device that is there goes back', (t) => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), fc.integer({ min: 1, max: 7 }), (steps, maxSeries) => {
      const history = new History(t, maxSeries);
      for (const one of steps)
        if (one.do === 'scrape') history.checkRoom(maxSeries);
        else history.take(one);
    }),
  );
});

test('a device that is gone leaves, and one of the same labels goes on from its counters', (t) => {
  const ledger = new SeriesLedger(limits);
  const [first, second] = [new SampleDevice('veth0'), new SampleDevice('veth0')];
  ledger.add(first, 'qdisc', incrementOf([500, 5_000], { unmatched: 1 }));
  ledger.addDrops(first, 'NO_SOCKET', 3);
  t.is(ledger.reading([first], nothingWaits).segments.length, 1);
  t.deepEqual(ledger.reading([], nothingWaits), { boundsNs, segments: [], drops: [] });

  ledger.add(second, 'qdisc', incrementOf([500]));
  const { segments, drops } = ledger.reading([second], nothingWaits);
  t.like(segments[0], { device: 'veth0', matched: 3, sumNs: 6_000, unmatched: 1 });
  t.deepEqual([...(segments[0]?.counts ?? [])], [2, 1, 0, 0]);
  t.like(drops[0], { reason: 'NO_SOCKET', count: 3 });
});

test('after a rename the new labels count, and the old ones are shown no more', (t) => {
  const ledger = new SeriesLedger(limits);
  const device = new SampleDevice('veth0');
  ledger.add(device, 'driver', incrementOf([10]));
  device.name = 'uplink';
  ledger.add(device, 'driver', incrementOf([20, 30]));
  const { segments } = ledger.reading([device], nothingWaits);
  t.deepEqual(
    segments.map(({ device, matched, sumNs }) => ({ device, matched, sumNs })),
    [{ device: 'uplink', matched: 2, sumNs: 50 }],
  );
});

test('segments come in the order of the table, with what waits now', (t) => {
  const ledger = new SeriesLedger(limits);
  const device = new SampleDevice('tap0', 'host', 'tap');
  for (const segment of ['ring', 'qdisc', 'inject'] as const) ledger.add(device, segment, incrementOf([1]));
  const waiting = (_: MeasuredDevice, segment: Segment) => (segment === 'ring' ? 7 : 0);
  t.deepEqual(
    ledger.reading([device], waiting).segments.map(({ segment, inFlight }) => [segment, inFlight]),
    [
      ['qdisc', 0],
      ['ring', 7],
      ['inject', 0],
    ],
  );
});

test('the greatest wait is shown for its window and then no more', (t) => {
  let nowMs = 0;
  const ledger = new SeriesLedger(limits, () => nowMs);
  const device = new SampleDevice('veth0');
  const maxNs = () => ledger.reading([device], nothingWaits).segments[0]?.maxNs;
  ledger.add(device, 'qdisc', incrementOf([], { started: 1 }));
  t.is(maxNs(), null);
  ledger.add(device, 'qdisc', incrementOf([900, 70]));
  t.is(maxNs(), 900);
  nowMs = 600;
  ledger.add(device, 'qdisc', incrementOf([80]));
  nowMs = 1_000;
  t.is(maxNs(), 900);
  nowMs = 1_100;
  t.is(maxNs(), 80);
  nowMs = 2_000;
  t.is(maxNs(), null);
});

test('with other bounds, those that stay keep their counts and a new one begins with that below it', (t) => {
  const ledger = new SeriesLedger(limits);
  const device = new SampleDevice('veth0');
  ledger.add(device, 'qdisc', incrementOf([500, 5_000, 5_000, 5_000_000, 5e9]));
  const [micro = 0, milli = 0, second = 0] = boundsNs;
  const [tenth = 0] = snapBounds([0.1]);
  ledger.reconfigure({ ...limits, boundsNs: [micro, tenth, second] });
  t.deepEqual(ledger.boundsNs, [micro, tenth, second]);
  const upTo = () => cumulative(ledger.reading([device], nothingWaits).segments[0]?.counts ?? []);
  t.deepEqual(upTo(), [1, 1, 4, 5]);
  ledger.add(device, 'qdisc', incrementOf([5_000_000]));
  t.deepEqual(upTo(), [1, 2, 5, 6]);
  ledger.reconfigure({ ...limits, boundsNs: [milli] });
  t.deepEqual(upTo(), [0, 6]);
});

test('a device for which there is no room is told once, and has its place when another is gone', (t) => {
  // One set for each device and one for each of its segments.
  const ledger = new SeriesLedger({ ...limits, maxSeries: 2 });
  const [stays, late] = [new SampleDevice('veth0'), new SampleDevice('veth1')];
  const names = (present: readonly MeasuredDevice[]) =>
    ledger.reading(present, nothingWaits).segments.map(({ device, segment }) => `${device} ${segment}`);
  ledger.add(stays, 'qdisc', incrementOf([1]));
  for (let reading = 0; reading < 3; reading++) {
    ledger.add(late, 'qdisc', incrementOf([1]));
    t.deepEqual(names([stays, late]), ['veth0 qdisc']);
  }
  t.is(ledger.turnedAway, 1);

  ledger.callRoll([late]);
  ledger.add(late, 'qdisc', incrementOf([1]));
  t.deepEqual(names([late]), ['veth1 qdisc']);
  t.is(ledger.turnedAway, 3, 'the two sets of the one that is gone were forgotten');
});

test('the one longest gone is forgotten first', (t) => {
  const ledger = new SeriesLedger({ ...limits, maxSeries: 6 });
  const [first, second, third, newcomer] = ['a', 'b', 'c', 'd'].map((name) => new SampleDevice(name));
  if (!first || !second || !third || !newcomer) throw new Error('four devices');
  for (const device of [first, second, third]) ledger.add(device, 'qdisc', incrementOf([1]));
  ledger.callRoll([first, third]);
  ledger.callRoll([third]);
  ledger.add(newcomer, 'qdisc', incrementOf([1]));
  ledger.add(first, 'qdisc', incrementOf([1]));
  const { segments } = ledger.reading([first, second, third, newcomer], nothingWaits);
  t.deepEqual(
    segments.map(({ device, matched }) => [device, matched]),
    [
      ['a', 2],
      ['c', 1],
      ['d', 1],
    ],
  );
});

test('one that has come back makes no room, though no roll was called since', (t) => {
  const ledger = new SeriesLedger({ ...limits, maxSeries: 2 });
  const [back, newcomer] = [new SampleDevice('veth0'), new SampleDevice('veth1')];
  ledger.add(back, 'qdisc', incrementOf([1]));
  ledger.callRoll([]);
  ledger.add(back, 'qdisc', incrementOf([1]));
  ledger.add(newcomer, 'qdisc', incrementOf([1]));
  t.like(ledger.reading([back, newcomer], nothingWaits).segments, {
    length: 1,
    0: { device: 'veth0', matched: 2 },
  });
});

test('what was read stays as it was', (t) => {
  const ledger = new SeriesLedger(limits);
  const device = new SampleDevice('veth0');
  ledger.add(device, 'qdisc', incrementOf([1]));
  const { segments } = ledger.reading([device], nothingWaits);
  ledger.add(device, 'qdisc', incrementOf([1, 2e9]));
  t.deepEqual([...(segments[0]?.counts ?? [])], [1, 0, 0, 0]);
  t.is(segments[0]?.matched, 1);
});

type Step =
  | { readonly do: 'scrape' }
  | {
      readonly do: 'count';
      readonly who: number;
      readonly segment: Segment;
      readonly waitsNs: readonly number[];
    }
  | { readonly do: 'drop'; readonly who: number; readonly reason: string; readonly count: number }
  | { readonly do: 'rename'; readonly who: number; readonly name: string }
  | { readonly do: 'leave'; readonly who: number }
  | { readonly do: 'come'; readonly name: string }
  | { readonly do: 'rebound'; readonly boundsNs: readonly number[] };

const who = fc.nat(3);
const name = fc.constantFrom('a', 'b', 'c');
const waitsNs = fc.array(fc.oneof(fc.nat(3_000), fc.integer({ min: 0, max: 2 ** 37 })), { maxLength: 8 });
const boundsOf = fc
  .subarray([1e-6, 2e-6, 1e-5, 1e-3, 0.1, 1, 60], { minLength: 1 })
  .map((bounds) => snapBounds(bounds));
const segment = fc.constantFrom<Segment>('qdisc', 'driver', 'backlog');

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.constant({ do: 'scrape' as const }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('count' as const), who, segment, waitsNs }) },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('drop' as const),
      who,
      reason: fc.constantFrom('NO_SOCKET', 'QDISC_DROP'),
      count: fc.integer({ min: 1, max: 5 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rename' as const), who, name }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('leave' as const), who }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constant('come' as const), name }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rebound' as const), boundsNs: boundsOf }) },
);

/** A ledger beside plain sums by label, and what was shown of it last. */
class History {
  readonly #t: ExecutionContext;
  readonly #ledger: SeriesLedger;
  readonly #maxSeries: number;
  readonly #totals = new Map<string, number>();
  readonly #shown = new Map<string, number>();
  #present: SampleDevice[] = [];

  constructor(t: ExecutionContext, maxSeries = 100) {
    this.#t = t;
    this.#maxSeries = maxSeries;
    this.#ledger = new SeriesLedger({ ...limits, maxSeries });
  }

  take(one: Exclude<Step, { do: 'scrape' }>): void {
    if (one.do === 'come') {
      // No two devices of a namespace have the same name.
      if (!this.#present.some(({ name }) => name === one.name))
        this.#present.push(new SampleDevice(one.name));
      return;
    }
    if (one.do === 'rebound') {
      this.#rebound(one.boundsNs);
      return;
    }
    const device = this.#present[one.who];
    if (device === undefined) return;
    if (one.do === 'leave') this.#present = this.#present.filter((other) => other !== device);
    else if (one.do === 'rename') {
      if (!this.#present.some(({ name }) => name === one.name)) device.name = one.name;
    } else if (one.do === 'drop') {
      this.#ledger.addDrops(device, one.reason, one.count);
      this.#total(`${device.name} ${one.reason}`, one.count);
    } else {
      const increment = incrementOf(one.waitsNs, {
        started: one.waitsNs.length + 3,
        dropped: 2,
        unmatched: 1,
      });
      this.#ledger.add(device, one.segment, increment);
      const series = `${device.name} ${one.segment}`;
      for (const counter of counters) this.#total(`${series} ${counter}`, increment[counter]);
    }
  }

  /** All that those present have ever counted, to the last packet, and nothing of others. */
  check(): void {
    const shown = this.#read();
    const names = new Set(this.#present.map(({ name }) => name));
    const expected = [...this.#totals].filter(([key]) => names.has(key.split(' ')[0] ?? ''));
    const plain = [...shown].filter(([key]) => !key.includes('le='));
    this.#t.deepEqual(Object.fromEntries(plain), Object.fromEntries(expected));
    this.#t.is(this.#ledger.turnedAway, 0);
  }

  checkRoom(maxSeries: number): void {
    const series = [...this.#read().keys()].filter((key) => key.endsWith(' matched'));
    const devices = new Set(series.map((key) => key.split(' ')[0]));
    this.#t.true(series.length + devices.size <= maxSeries);
    this.#forgetAbsent();
  }

  #read(): Map<string, number> {
    const shown = figuresOf(this.#ledger.reading(this.#present, nothingWaits), this.#t);
    for (const [key, value] of shown) {
      this.#t.true(value >= (this.#shown.get(key) ?? 0), `${key} went back to ${value}`);
      this.#shown.set(key, value);
    }
    return shown;
  }

  #rebound(bounds: readonly number[]): void {
    this.#ledger.reconfigure({ ...limits, maxSeries: this.#maxSeries, boundsNs: bounds });
    // A bound that goes and comes back is a new one.
    for (const key of this.#shown.keys()) {
      const [, bound] = key.split('le=');
      if (bound !== undefined && bound !== 'Infinity' && !bounds.includes(Number(bound)))
        this.#shown.delete(key);
    }
  }

  /** Those may have made room for others. */
  #forgetAbsent(): void {
    const names = new Set(this.#present.map(({ name }) => name));
    for (const key of this.#shown.keys()) if (!names.has(key.split(' ')[0] ?? '')) this.#shown.delete(key);
  }

  #total(key: string, more: number): void {
    this.#totals.set(key, (this.#totals.get(key) ?? 0) + more);
  }
}

const counters = ['matched', 'sumNs', 'started', 'dropped', 'expired', 'evicted', 'unmatched'] as const;

/** Every number by its labels, with the cumulative counts; these rise and end with all samples. */
function figuresOf(
  { boundsNs: bounds, segments, drops }: ReadSeries,
  t: ExecutionContext,
): Map<string, number> {
  const figures = new Map<string, number>();
  for (const series of segments) {
    const key = `${series.device} ${series.segment}`;
    for (const counter of counters) figures.set(`${key} ${counter}`, series[counter]);
    const upTo = cumulative(series.counts);
    t.is(upTo.length, bounds.length + 1);
    t.true(series.counts.every((count) => count >= 0));
    t.is(upTo.at(-1), series.matched);
    upTo.forEach((count, at) => {
      figures.set(`${key} le=${bounds[at] ?? Number.POSITIVE_INFINITY}`, count);
    });
  }
  for (const { device, reason, count } of drops) figures.set(`${device} ${reason}`, count);
  return figures;
}

function cumulative(counts: ArrayLike<number>): number[] {
  let upTo = 0;
  return Array.from(counts, (count) => (upTo += count));
}
