// Which plots a result has.
import { countText, shortLatencyText } from '../../../export/latencyText.js';
import { decodeHistogram } from '../../../measure/histogram.js';
import { type BenchResult, cpuParts, type PathResult, type ScaleStep } from '../../result/schema.js';
import type { Markup } from '../markup.js';
import { isKnown, type PercentileKey, percentileNames } from '../percentiles.js';
import { barPlot } from './bars.js';
import { linePlot, type Point, type Series } from './lines.js';

/** Up to five nines; x is minus the logarithm of what is above. */
const percentileLabels = [
  [0, '0'],
  [0.301, '50'],
  [1, '90'],
  [2, '99'],
  [3, '99.9'],
  [4, '99.99'],
  [5, '99.999'],
] as const;
const stepsANine = 8;

export const plotsOf = (result: BenchResult): Markup[] =>
  [
    percentilePlot(result),
    ...(['p50Ns', 'p99Ns', 'p999Ns'] as const).map((percentile) => tailPlot(result, percentile)),
    cpuPlot(result),
    dropPlot(result),
    ...(['pairs', 'flows', 'queues'] as const).flatMap((over) =>
      scaleFigures.map((figure) => scalePlot(result, over, figure)),
    ),
  ].filter((plot) => plot !== null);

function percentilePlot({ paths, plan }: BenchResult): Markup | null {
  const series = paths.flatMap(({ path, tail }): Series[] => {
    const figures = tail?.atRate.endToEnd;
    return figures && figures.count > 0
      ? [{ name: path, points: curve(figures.histogram, figures.count) }]
      : [];
  });
  return linePlot({
    title: `End to end at ${countText(plan.load.packetsPerSecond)} packets a second`,
    xName: 'percentile',
    yName: 'latency',
    xLabels: percentileLabels,
    isYLog: true,
    yText: shortLatencyText,
    series,
  });
}

/** No further than there are packets for: the last point stands for ten at least. */
function curve(base64: string, count: number): Point[] {
  const histogram = decodeHistogram(base64);
  const lastNine = Math.min(5, Math.log10(Math.max(10, count / 10)));
  const steps = Math.floor(lastNine * stepsANine);
  return Array.from({ length: steps + 1 }, (_, step) => {
    const x = step / stepsANine;
    return { x, y: histogram.getValueAtPercentile(100 * (1 - 10 ** -x)) };
  });
}

function tailPlot({ paths }: BenchResult, percentile: PercentileKey): Markup | null {
  const series = paths.flatMap(({ path, tail }): Series[] => {
    const points = (tail?.overLoad ?? []).flatMap(({ loadPercent, endToEnd }): Point[] => {
      const y = endToEnd[percentile];
      return loadPercent === null || y === null || !isKnown(endToEnd, percentile)
        ? []
        : [{ x: loadPercent, y }];
    });
    return points.length > 0 ? [{ name: path, points }] : [];
  });
  return linePlot({
    title: `${percentileNames[percentile]} against the load`,
    xName: 'percent of the path’s rate without loss',
    yName: `end to end ${percentileNames[percentile]}`,
    xLabels: null,
    isYLog: true,
    yText: shortLatencyText,
    series,
  });
}

function cpuPlot({ paths }: BenchResult): Markup | null {
  const bars = paths.flatMap(({ path, cpu }) =>
    cpu
      ? (['off', 'on'] as const).map((state) => ({
          name: `${path} ${state}`,
          values: cpuParts.map((part) => Math.max(0, cpu[state].parts[part]?.median ?? 0)),
        }))
      : [],
  );
  const xText = (ns: number) => countText(Math.round(ns));
  const title = 'CPU time a packet delivered, vifscope off and on';
  return barPlot({ title, xName: 'ns', xText, parts: cpuParts, bars });
}

function dropPlot({ paths }: BenchResult): Markup | null {
  const all = paths.flatMap(({ path, ceiling }) => (ceiling?.drops ?? []).map((drop) => ({ path, drop })));
  const nameOf = ({ drop }: (typeof all)[number]) => `${drop.device ?? drop.netns} ${drop.place}`;
  const parts = [...new Set(all.map(nameOf))];
  const bars = [...new Set(all.map(({ path }) => path))].map((path) => ({
    name: path,
    values: parts.map((part) =>
      all
        .filter((one) => one.path === path && nameOf(one) === part)
        .reduce((sum, { drop }) => sum + drop.count, 0),
    ),
  }));
  const title = 'Dropped just above the rate without loss, by place';
  return barPlot({ title, xName: 'packets', xText: (count) => countText(Math.round(count)), parts, bars });
}

interface ScaleFigure {
  /** Before "over 1 to N flows". */
  readonly title: string;
  readonly yName: string;
  readonly isYLog: boolean;
  readonly yText: (y: number) => string;
  readonly of: (step: ScaleStep) => number | null;
}

const rounded = (y: number): string => countText(Math.round(y));

/** What grows, or should not: a plot each. */
const scaleFigures: readonly ScaleFigure[] = [
  {
    title: 'Rate without loss',
    yName: 'packets a second',
    isYLog: false,
    yText: rounded,
    of: ({ noDropPacketsPerSecond }) => noDropPacketsPerSecond,
  },
  {
    title: 'CPU time a packet',
    yName: 'ns',
    isYLog: false,
    yText: rounded,
    of: ({ cpuNs }) => cpuNs?.median ?? null,
  },
  {
    title: 'p99 end to end',
    yName: 'latency',
    isYLog: true,
    yText: shortLatencyText,
    of: ({ endToEnd }) => (endToEnd && isKnown(endToEnd, 'p99Ns') ? endToEnd.p99Ns : null),
  },
];

function scalePlot(
  { scale, paths }: BenchResult,
  over: ScaleStep['over'],
  { title, yName, isYLog, yText, of }: ScaleFigure,
): Markup | null {
  const names = [
    ...new Set([...paths.map(({ path }: PathResult) => path), ...scale.map(({ path }) => path)]),
  ];
  const series = names.flatMap((name): Series[] => {
    const points = scale
      .filter((step) => step.path === name && step.over === over)
      .flatMap((step): Point[] => {
        const y = of(step);
        return y === null ? [] : [{ x: step.number, y }];
      });
    return points.length > 0 ? [{ name, points }] : [];
  });
  return linePlot({
    title: `${title} over 1 to N ${over}`,
    xName: over,
    yName,
    xLabels: null,
    isYLog,
    yText,
    series,
  });
}
