// Two results: which of their differences are real, and which of those are regressions.
import { VifscopeError } from '../../errors.js';
import type { BenchResult, Spread } from '../result/schema.js';
import { spreadOf } from '../result/spread.js';
import { type ComparedFigure, figuresOf, type Unit } from './figures.js';
import { judge, type Verdict } from './judge.js';

export interface Difference {
  readonly path: string;
  readonly figure: string;
  readonly unit: Unit;
  readonly before: Spread;
  readonly after: Spread;
  /** Of the medians, after to before. */
  readonly ratio: number;
  readonly verdict: Verdict;
  /** Real, for the worse, and by more than the bound. */
  readonly isRegression: boolean;
}

export interface Comparison {
  readonly differences: readonly Difference[];
  /** Figures that one of the two has not: "tun: end to end p99". */
  readonly missing: readonly string[];
  /** What else is not the same: kernel, host, settings. */
  readonly remarks: readonly string[];
}

/** @param bound by how much a figure may get worse, 0.1 for 10 % @throws VifscopeError USAGE where the loads differ */
export function compareResults(before: BenchResult, after: BenchResult, bound: number): Comparison {
  requireSameLoad(before, after);
  const [first, second] = [byName(figuresOf(before)), byName(figuresOf(after))];
  const differences = [...first].flatMap(([name, figure]) => {
    const other = second.get(name);
    return other ? [differenceOf(figure, other, bound)] : [];
  });
  const missing = [...new Set([...first.keys(), ...second.keys()])].filter(
    (name) => !first.has(name) || !second.has(name),
  );
  return { differences, missing, remarks: remarksOn(before, after) };
}

const byName = (figures: readonly ComparedFigure[]) =>
  new Map(figures.map((figure) => [`${figure.path}: ${figure.name}`, figure]));

function differenceOf(a: ComparedFigure, b: ComparedFigure, bound: number): Difference {
  const [before, after] = [spreadOf(a.values), spreadOf(b.values)];
  const verdict = judge(a.values, b.values);
  const ratio = after.median / before.median;
  const isWorse = a.isMoreBetter ? ratio < 1 - bound : ratio > 1 + bound;
  const isRegression = verdict === 'differs' && isWorse;
  return { path: a.path, figure: a.name, unit: a.unit, before, after, ratio, verdict, isRegression };
}

function requireSameLoad(before: BenchResult, after: BenchResult): void {
  const text = ({ plan: { load } }: BenchResult) => {
    const sizes = load.sizes.map(({ frameBytes, weight }) => `${weight} × ${frameBytes}`).join(', ');
    return `${load.packetsPerSecond} packets/s of ${sizes} bytes, ${load.flows} flows, bursts of ${load.burst}`;
  };
  if (text(before) === text(after)) return;
  throw new VifscopeError({
    code: 'USAGE',
    operation: 'compare',
    object: 'two results',
    reason: `they are of different loads: ${text(before)}; ${text(after)}`,
    remedy: 'run both with the same --rate, --size, --flows and --burst',
  });
}

const ownQdisc = 'each path’s own';
const planNames = {
  searches: 'searches',
  searchSeconds: 'seconds of a search',
  journeysEvery: 'one packet followed in',
} as const;

function remarksOn(before: BenchResult, after: BenchResult): string[] {
  const differing = (name: string, a: string | undefined, b: string | undefined) =>
    a === b ? [] : [`${name}: ${a ?? 'not told'} before, ${b ?? 'not told'} after`];
  const keysOf = (a: object, b: object) => [...new Set([...Object.keys(a), ...Object.keys(b)])];
  const settings = after.paths.flatMap(({ path, settings: now }) => {
    const then = before.paths.find((other) => other.path === path)?.settings ?? now;
    return keysOf(then, now).flatMap((key) => differing(`${path} ${key}`, then[key], now[key]));
  });
  const early = [before, after].flatMap(({ interruption }, at) =>
    interruption === null ? [] : [`the run ${at === 0 ? 'before' : 'after'} is not whole: ${interruption}`],
  );
  return [
    ...early,
    ...(['hostname', 'kernel', 'architecture', 'vifscope'] as const).flatMap((key) =>
      differing(key, before.host[key], after.host[key]),
    ),
    ...keysOf(before.surroundings, after.surroundings).flatMap((key) =>
      differing(key, before.surroundings[key], after.surroundings[key]),
    ),
    ...(['searches', 'searchSeconds', 'journeysEvery'] as const).flatMap((key) =>
      differing(planNames[key], String(before.plan[key]), String(after.plan[key])),
    ),
    ...differing('qdisc', before.plan.qdisc ?? ownQdisc, after.plan.qdisc ?? ownQdisc),
    ...settings,
  ];
}
