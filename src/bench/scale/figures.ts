// From rounds to figures and text: a ground's cost by that of one pair in the same round. Pure.
import { columnLines } from '../../export/columns.js';
import { type Spread, spreadOf } from '../cost/figures.js';
import { type GroundName, grounds } from './grounds.js';
import type { ScaleRound, ScaleTurn } from './rounds.js';

export interface ScaleFigures {
  readonly name: GroundName;
  /** A packet's, in vifscope's programs, above empty ones. */
  readonly oneNs: Spread;
  readonly moreNs: Spread;
  readonly ratio: Spread;
}

export const mostRatio = 1.1;

export function scaleFigures(name: GroundName, rounds: readonly ScaleRound[]): ScaleFigures {
  const costs = rounds.map(({ one, more }) => ({ one: aboveEmptyNs(one), more: aboveEmptyNs(more) }));
  return {
    name,
    oneNs: spreadOf(costs.map(({ one }) => one)),
    moreNs: spreadOf(costs.map(({ more }) => more)),
    ratio: spreadOf(costs.map(({ one, more }) => more / one)),
  };
}

function aboveEmptyNs({ empty, vifscope }: Readonly<Record<'empty' | 'vifscope', ScaleTurn>>): number {
  const emptyNs = empty.runs.totalNs / empty.runs.count;
  return (vifscope.runs.totalNs - emptyNs * vifscope.runs.count) / vifscope.packets;
}

export function scaleText(all: readonly ScaleFigures[], rounds: number): string {
  const column = (heading: string, cell: (figures: ScaleFigures) => string, align: 'left' | 'right') => ({
    ...{ heading, align, need: Number.POSITIVE_INFINITY },
    cells: all.map(cell),
  });
  return [
    `vifscope's programs above empty ones, ns a packet, median (min to max) of ${rounds} rounds; target: at most ${mostRatio} times one pair.`,
    '',
    ...columnLines(
      [
        column('', ({ name }) => grounds[name].title, 'left'),
        column('one pair', ({ oneNs }) => spreadText(oneNs, 0), 'right'),
        column('there', ({ moreNs }) => spreadText(moreNs, 0), 'right'),
        column('times', ({ ratio }) => spreadText(ratio, 2), 'right'),
        column('target', ({ ratio }) => (ratio.median <= mostRatio ? 'met' : 'missed'), 'left'),
      ],
      Number.POSITIVE_INFINITY,
    ),
    '',
  ].join('\n');
}

const spreadText = ({ median, min, max }: Spread, digits: number): string =>
  `${median.toFixed(digits)} (${min.toFixed(digits)} to ${max.toFixed(digits)})`;
