// What every plot has: a title, axes with units, a grid, a legend. SVG, so that a page needs no script.
import { type Markup, markup } from '../markup.js';

export const size = { width: 640, height: 360, left: 92, right: 30, top: 16, bottom: 52 } as const;
export const inner = {
  x: [size.left, size.width - size.right],
  y: [size.height - size.bottom, size.top],
} as const;

export interface Tick {
  /** In the plot's own coordinates. */
  readonly at: number;
  readonly text: string;
}

export interface Frame {
  readonly title: string;
  readonly xName: string;
  readonly yName: string;
  readonly xTicks: readonly Tick[];
  readonly yTicks: readonly Tick[];
  /** Names of the series, each in its colour: 0, 1, 2 … */
  readonly legend: readonly string[];
}

/** @param marks the plot's own lines or bars */
export function framed(frame: Frame, marks: readonly Markup[]): Markup {
  const [left, right] = inner.x;
  const [bottom, top] = inner.y;
  const xGrid = frame.xTicks.map(
    ({ at, text }) =>
      markup`<line class="grid" x1="${at}" x2="${at}" y1="${top}" y2="${bottom}"/><text x="${at}" y="${bottom + 18}" text-anchor="middle">${text}</text>`,
  );
  const yGrid = frame.yTicks.map(
    ({ at, text }) =>
      markup`<line class="grid" x1="${left}" x2="${right}" y1="${at}" y2="${at}"/><text x="${left - 8}" y="${at + 4}" text-anchor="end">${text}</text>`,
  );
  const middle = (bottom + top) / 2;
  return markup`<figure>
<figcaption>${frame.title}</figcaption>
<svg viewBox="0 0 ${size.width} ${size.height}" role="img" aria-label="${frame.title}">
${xGrid}${yGrid}
<text class="name" x="${(left + right) / 2}" y="${size.height - 10}" text-anchor="middle">${frame.xName}</text>
<text class="name" x="14" y="${middle}" text-anchor="middle" transform="rotate(-90 14 ${middle})">${frame.yName}</text>
${marks}
</svg>
<ul class="legend">${frame.legend.map((name, at) => markup`<li class="c${at % colours}">${name}</li>`)}</ul>
</figure>
`;
}

/** As many as the style sheet has. */
export const colours = 7;
