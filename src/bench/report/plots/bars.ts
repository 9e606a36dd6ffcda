// Stacked bars, one below the other: what a whole is made of.
import { scaleLinear } from 'd3-scale';
import { type Markup, markup } from '../markup.js';
import { colours, framed, inner, type Tick } from './frame.js';

export interface BarPlot {
  readonly title: string;
  readonly xName: string;
  readonly xText: (x: number) => string;
  readonly parts: readonly string[];
  /** Values in the order of the parts, from 0. */
  readonly bars: readonly { readonly name: string; readonly values: readonly number[] }[];
}

const fill = 0.7;

/** @returns null: there is nothing in any bar */
export function barPlot({ title, xName, xText, parts, bars }: BarPlot): Markup | null {
  const most = Math.max(0, ...bars.map(({ values }) => sum(values)));
  if (most === 0) return null;
  const x = scaleLinear([0, most], [...inner.x]).nice();
  const [bottom, top] = inner.y;
  const step = (bottom - top) / bars.length;
  const marks = bars.flatMap(({ name, values }, bar) =>
    values.map((value, part) => {
      const from = x(sum(values.slice(0, part)));
      const y = top + step * (bar + (1 - fill) / 2);
      return markup`<rect class="c${part % colours}" x="${from.toFixed(1)}" y="${y.toFixed(1)}" width="${(x(sum(values.slice(0, part + 1))) - from).toFixed(1)}" height="${(step * fill).toFixed(1)}"><title>${name}, ${parts[part] ?? ''}: ${xText(value)}</title></rect>`;
    }),
  );
  return framed(
    {
      title,
      xName,
      yName: '',
      xTicks: x.ticks(6).map((value): Tick => ({ at: x(value), text: xText(value) })),
      yTicks: bars.map(({ name }, bar): Tick => ({ at: top + step * (bar + 0.5), text: name })),
      legend: parts,
    },
    marks,
  );
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
