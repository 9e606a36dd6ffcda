// Random histories of a ledger of series, and the check of what it shows against plain sums.
import type { ExecutionContext } from 'ava';
import fc from 'fast-check';
import { snapBounds } from '../../src/measure/bounds.js';
import type { Segment } from '../../src/measure/segments.js';
import { type ReadSeries, SeriesLedger } from '../../src/measure/seriesLedger.js';
import { incrementOf, SampleDevice } from './sampleIncrement.js';

const maxWindowMs = 1_000;

/** Devices come, count, are renamed, go; bounds change; what is shown is looked at. */
export type Step =
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

export const step: fc.Arbitrary<Step> = fc.oneof(
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
export class History {
  readonly #t: ExecutionContext;
  readonly #ledger: SeriesLedger;
  readonly #maxSeries: number;
  readonly #totals = new Map<string, number>();
  readonly #shown = new Map<string, number>();
  #present: SampleDevice[] = [];

  constructor(t: ExecutionContext, maxSeries = 100) {
    this.#t = t;
    this.#maxSeries = maxSeries;
    this.#ledger = new SeriesLedger({ boundsNs: snapBounds(null), maxSeries, maxWindowMs });
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

  checkRoom(): void {
    const series = [...this.#read().keys()].filter((key) => key.endsWith(' matched'));
    const devices = new Set(series.map((key) => key.split(' ')[0]));
    this.#t.true(series.length + devices.size <= this.#maxSeries);
    this.#forgetAbsent();
  }

  #read(): Map<string, number> {
    const shown = figuresOf(
      this.#ledger.reading(this.#present, () => 0),
      this.#t,
    );
    for (const [key, value] of shown) {
      this.#t.true(value >= (this.#shown.get(key) ?? 0), `${key} went back to ${value}`);
      this.#shown.set(key, value);
    }
    return shown;
  }

  #rebound(bounds: readonly number[]): void {
    this.#ledger.reconfigure({ boundsNs: bounds, maxSeries: this.#maxSeries, maxWindowMs });
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
    const key = `${series.labels.device} ${series.labels.segment}`;
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

export function cumulative(counts: ArrayLike<number>): number[] {
  let upTo = 0;
  return Array.from(counts, (count) => (upTo += count));
}
