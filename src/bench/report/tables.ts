// A result as tables: what both the Markdown and the HTML report show. Pure.
import { countText } from '../../export/latencyText.js';
import { lossShareOf, voidReasonsOf } from '../result/counted.js';
import type { BenchResult, CpuSplit, PathResult, RateBound, Spread, TailAtRate } from '../result/schema.js';
import { cpuParts } from '../result/schema.js';
import { spreadOf } from '../result/spread.js';
import { isKnown, latency, none, percentileKeys, percentileNames, percentileText } from './percentiles.js';

export interface Table {
  readonly title: string;
  readonly heading: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const rounded = (value: number): string => countText(Math.round(value));
const percentText = (ratio: number): string => `${(ratio * 100).toFixed(2)} %`;
const spreadText = ({ median, min, max }: Spread): string =>
  min === max ? rounded(median) : `${rounded(median)} (${rounded(min)} to ${rounded(max)})`;

/** "≥" where the sender had no more to give, "~" where time ran out before it was sure. */
export function boundText(bound: RateBound | undefined): string {
  if (!bound) return none;
  if (bound.spread === null) return bound.isReached ? 'none' : 'not found in time';
  const sign = bound.isGeneratorBound ? '≥ ' : bound.isReached ? '' : '~ ';
  return `${sign}${spreadText(bound.spread)}`;
}

/** Those that have rows. */
export const tablesOf = (result: BenchResult): Table[] =>
  [
    comparison(result),
    overRepeats(result),
    waits(result),
    overLoad(result),
    drops(result),
    tools(result),
    scale(result),
    settings(result),
    { title: 'The host', heading: ['what', 'is'], rows: Object.entries(result.surroundings) },
  ].filter(({ rows }) => rows.length > 0);

const figureRows: readonly (readonly [name: string, of: (path: PathResult) => string])[] = [
  ['state', ({ state }) => state],
  ['packets a second without loss', ({ ceiling }) => boundText(ceiling?.noDrop)],
  ['packets a second with 0.5 % loss', ({ ceiling }) => boundText(ceiling?.partialDrop)],
  ['lost at the rate', ({ tail }) => lostText(tail?.atRate)],
  ...percentileKeys.map(
    (key) =>
      [
        `end to end ${percentileNames[key]}`,
        ({ tail }: PathResult) => percentileText(tail?.atRate.endToEnd, key),
      ] as const,
  ),
  ['sent late, p99', ({ tail }) => percentileText(tail?.atRate.lateness, 'p99Ns')],
  ['CPU time a packet, ns', ({ cpu }) => cpuText(cpu?.off)],
  ...cpuParts.map((part) => [`  of it: ${part}`, ({ cpu }: PathResult) => partText(cpu?.off, part)] as const),
  ['  beside it: the generator waiting', ({ cpu }) => (cpu ? spreadText(cpu.off.waiting) : none)],
  ['CPU time a packet while measured, ns', ({ cpu }) => cpuText(cpu?.on)],
];

const cpuText = (split: CpuSplit | undefined): string => (split ? spreadText(split.total) : none);
function partText(split: CpuSplit | undefined, part: keyof CpuSplit['parts']): string {
  const spread = split?.parts[part];
  return spread ? spreadText(spread) : none;
}

function lostText(tail: TailAtRate | undefined): string {
  const share = tail ? lossShareOf(tail) : null;
  return share === null ? none : percentText(share);
}

function comparison({ paths, plan: { load } }: BenchResult): Table {
  const rows = figureRows.map(([name, of]) => [name, ...paths.map(of)]);
  return {
    title: `The paths at ${rounded(load.packetsPerSecond)} packets a second`,
    heading: ['', ...paths.map(({ path }) => path)],
    rows: rows.filter(([, ...cells]) => cells.some((cell) => cell !== none)),
  };
}

/** Of each repeat that counts; a median of two is between them. */
const overRepeats = ({ paths }: BenchResult): Table => ({
  title: 'End to end over the repeats at the rate',
  heading: ['path', 'repeats', ...percentileKeys.map((key) => percentileNames[key])],
  rows: paths.flatMap(({ path, tail }) => {
    const repeats = tail?.atRate.repeats.filter(({ trial }) => trial.voidReason === null) ?? [];
    if (repeats.length < 2) return [];
    const cells = percentileKeys.map((key) => {
      const values = repeats.flatMap(({ endToEnd }) => (isKnown(endToEnd, key) ? (endToEnd[key] ?? []) : []));
      if (values.length === 0) return none;
      const { median, min, max } = spreadOf(values);
      return `${latency(median)} (${latency(min)} to ${latency(max)})`;
    });
    return [[path, countText(repeats.length), ...cells]];
  }),
});

const percentiles = (figures: TailAtRate['endToEnd']): string[] => [
  countText(figures.count),
  ...(['p50Ns', 'p99Ns', 'p999Ns', 'p9999Ns', 'maxNs'] as const).map((key) => percentileText(figures, key)),
];
const percentileHeading = ['packets', 'p50', 'p99', 'p99.9', 'p99.99', 'max'];

const waits = ({ paths }: BenchResult): Table => ({
  title: 'Where packets waited at the rate',
  heading: ['path', 'where', ...percentileHeading],
  rows: paths.flatMap(({ path, tail }) => [
    ...(tail?.atRate.segments ?? []).map(({ netns, device, segment, figures }) => [
      path,
      `${netns}/${device} ${segment}`,
      ...percentiles(figures),
    ]),
    ...(tail?.atRate.legs ?? []).map(({ from, to, leg, figures }) => [
      path,
      `${leg}: ${from} to ${to}`,
      ...percentiles(figures),
    ]),
  ]),
});

const overLoad = ({ paths }: BenchResult): Table => ({
  title: 'The tail against the load',
  heading: ['path', 'of the ceiling', 'packets/s', 'lost', ...percentileHeading, 'remark'],
  rows: paths.flatMap(({ path, tail }) =>
    (tail?.overLoad ?? []).map((level) => [
      path,
      level.loadPercent === null ? none : `${level.loadPercent} %`,
      rounded(level.packetsPerSecond),
      lostText(level),
      ...percentiles(level.endToEnd),
      voidReasonsOf(level)
        .map((reason) => `void: ${reason}`)
        .join(', '),
    ]),
  ),
});

const drops = ({ paths }: BenchResult): Table => ({
  title: 'Where packets were dropped',
  heading: ['path', 'when', 'where', 'place', 'reason', 'packets'],
  rows: paths.flatMap(({ path, ceiling, tail }) => {
    const atRate = tail?.atRate.drops ?? [];
    const row = (when: string) => (drop: (typeof atRate)[number]) => [
      path,
      when,
      drop.device === null ? drop.netns : `${drop.netns}/${drop.device}`,
      drop.place,
      drop.reason ?? 'not told',
      countText(drop.count),
    ];
    return [...(ceiling?.drops ?? []).map(row('above the ceiling')), ...atRate.map(row('at the rate'))];
  }),
});

/** "Counted" by the kernel: the same packets. All figures are in result.json. */
const toolColumns: readonly (readonly [name: string, figure: string, text: (value: number) => string])[] = [
  ['packets/s', 'packetsPerSecond', rounded],
  ['counted', 'countedPacketsPerSecond', rounded],
  ['lost', 'lossRatio', percentText],
  ['counted', 'countedLossRatio', percentText],
  ['round trip p50', 'roundTripP50Ns', latency],
  ['p99', 'roundTripP99Ns', latency],
  ['p99.9', 'roundTripP999Ns', latency],
];

export const tools = ({ tools: all }: BenchResult): Table => ({
  title: 'Other tools',
  heading: ['path', 'tool', ...toolColumns.map(([name]) => name), 'remark'],
  rows: all.map(({ path, tool, version, figures, reason }) => [
    path,
    `${tool} ${version}`.trim(),
    ...toolColumns.map(([, figure, text]) => {
      const value = figures[figure] ?? null;
      return value === null ? none : text(value);
    }),
    reason ?? '',
  ]),
});

const scale = ({ scale: steps }: BenchResult): Table => ({
  title: 'As it grows',
  heading: ['path', 'over', 'number', 'packets/s without loss', 'CPU ns a packet', 'p50', 'p99', 'max'],
  rows: steps.map(({ path, over, number, noDropPacketsPerSecond, isGeneratorBound, cpuNs, endToEnd }) => [
    path,
    over,
    countText(number),
    noDropPacketsPerSecond === null
      ? none
      : `${isGeneratorBound ? '≥ ' : ''}${rounded(noDropPacketsPerSecond)}`,
    cpuNs ? spreadText(cpuNs) : none,
    ...(['p50Ns', 'p99Ns', 'maxNs'] as const).map((key) => percentileText(endToEnd, key)),
  ]),
});

const settings = ({ paths }: BenchResult): Table => ({
  title: 'The paths’ own settings',
  heading: ['path', 'what', 'is'],
  rows: paths.flatMap(({ path, settings: all }) => Object.entries(all).map(([what, is]) => [path, what, is])),
});
