// Lines over one axis: percentiles, tails against load, series over a number of pairs.
import { scaleLinear, scaleLog } from 'd3-scale';
import { line } from 'd3-shape';
import { type Markup, markup } from '../markup.js';
import { colours, framed, inner, type Tick } from './frame.js';

export interface Point {
  readonly x: number;
  readonly y: number;
}

export interface Series {
  readonly name: string;
  readonly points: readonly Point[];
}

export interface LinePlot {
  readonly title: string;
  readonly xName: string;
  readonly yName: string;
  /** Where labels stand, and what they say; null: where it suits. */
  readonly xLabels: readonly (readonly [x: number, text: string])[] | null;
  readonly isYLog: boolean;
  readonly yText: (y: number) => string;
  readonly series: readonly Series[];
}

/** @returns null: there is no point */
export function linePlot(plot: LinePlot): Markup | null {
  const points = plot.series.flatMap((series) => series.points).filter(({ y }) => !plot.isYLog || y > 0);
  if (points.length === 0) return null;
  const [xs, ys] = [points.map((point) => point.x), points.map((point) => point.y)];
  const x = scaleLinear(extent([...xs, ...(plot.xLabels ?? []).map(([at]) => at)]), [...inner.x]);
  const y = plot.isYLog
    ? scaleLog(extent(ys), [...inner.y]).nice()
    : scaleLinear([0, Math.max(...ys)], [...inner.y]).nice();
  const labels = plot.xLabels ?? x.ticks(6).map((at) => [at, String(at)] as const);
  const path = line<Point>(
    (point) => x(point.x),
    (point) => y(point.y),
  ).defined((point) => !plot.isYLog || point.y > 0);
  const marks = plot.series.map(
    (series, at) =>
      markup`<path class="line c${at % colours}" d="${path([...series.points]) ?? ''}"/>${dots(series, at)}`,
  );
  function dots({ name, points: all }: Series, at: number): Markup[] {
    return all
      .filter((point) => !plot.isYLog || point.y > 0)
      .map(
        (point) =>
          markup`<circle class="c${at % colours}" cx="${x(point.x).toFixed(1)}" cy="${y(point.y).toFixed(1)}" r="3"><title>${name}: ${plot.yText(point.y)}</title></circle>`,
      );
  }
  return framed(
    {
      ...plot,
      xTicks: labels.map(([value, text]): Tick => ({ at: x(value), text })),
      yTicks: yTicks(y.ticks(6), plot).map((value): Tick => ({ at: y(value), text: plot.yText(value) })),
      legend: plot.series.map(({ name }) => name),
    },
    marks,
  );
}

/** Of a logarithmic axis the powers of ten, and what is between them where those are few. */
function yTicks(ticks: readonly number[], { isYLog }: LinePlot): readonly number[] {
  if (!isYLog) return ticks;
  const powers = ticks.filter((tick) => Math.abs(Math.log10(tick) - Math.round(Math.log10(tick))) < 1e-9);
  return powers.length >= 3 ? powers : ticks.filter((tick) => /^[125]/.test(tick.toExponential()));
}

/** Never of no width. */
function extent(values: readonly number[]): [number, number] {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  return least === most ? [least * 0.9, most * 1.1 + Number.EPSILON] : [least, most];
}
