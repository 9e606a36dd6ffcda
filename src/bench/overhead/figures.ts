// From turns to figures: each pair's ratio first, then what all pairs say together. Pure.

import type { Spread } from '../result/schema.js';
import { spreadOf } from '../result/spread.js';
import { type Interval, judgeTarget, medianInterval, type Target, type Verdict } from './interval.js';
import type { Loaded } from './load.js';
import type { Turn } from './turns.js';

export type FigureName = 'ceilingPacketsPerSecond' | 'cpuNs' | 'p50Ns' | 'p99Ns' | 'p999Ns';

export interface FigureRow {
  readonly title: string;
  readonly target: Target | null;
}

/** In the order of the table. */
export const figureRows: Readonly<Record<FigureName, FigureRow>> = {
  ceilingPacketsPerSecond: { title: "sender's ceiling", target: { bound: 'at least', ratio: 0.97 } },
  cpuNs: { title: 'CPU time a round trip', target: null },
  p50Ns: { title: 'round trip p50', target: null },
  p99Ns: { title: 'round trip p99', target: null },
  p999Ns: { title: 'round trip p99.9', target: { bound: 'at most', ratio: 1.03 } },
};
export const figureNames = Object.keys(figureRows) as readonly FigureName[];

export interface Compared {
  readonly name: FigureName;
  readonly off: Spread;
  readonly on: Spread;
  /** On over off, pair by pair. */
  readonly ratio: Interval;
  /** On less off, in the figure's own unit. */
  readonly difference: Interval;
  readonly verdict: Verdict | null;
}

export type Pair = Readonly<Record<'off' | 'on', Turn<Loaded>>>;

/** Of the figures that some pair has on both sides. */
export function comparePairs(pairs: readonly Pair[]): Compared[] {
  return figureNames.flatMap((name) => {
    const values = pairs.flatMap(({ off, on }) => {
      const [before, after] = [off.load[name], on.load[name]];
      return before === null || after === null || before <= 0 ? [] : [{ before, after }];
    });
    if (values.length === 0) return [];
    const ratio = medianInterval(values.map(({ before, after }) => after / before));
    const { target } = figureRows[name];
    return [
      {
        name,
        off: spreadOf(values.map(({ before }) => before)),
        on: spreadOf(values.map(({ after }) => after)),
        ratio,
        difference: medianInterval(values.map(({ before, after }) => after - before)),
        verdict: target && judgeTarget(ratio, target),
      },
    ];
  });
}
