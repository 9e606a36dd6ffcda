// The report for people: a line a figure, then the programs.
import { type Column, columnLines } from '../../export/columns.js';
import { countText, shortLatencyText } from '../../export/latencyText.js';
import type { CostFigures } from '../cost/figures.js';
import { type Compared, type FigureName, figureRows } from './figures.js';
import type { Interval } from './interval.js';
import type { OverheadReport } from './report.js';

export function overheadText({ load, pairs, figures, programs, remarks }: OverheadReport): string {
  return [
    `A veth pair without vifscope and with it: ${pairs} pairs of turns. Medians; in brackets what the median lies between.`,
    `Round trips of ${load.frameBytes}-byte frames, ${countText(load.packetsPerSecond)} a second, from the scheduled sending to the answer.`,
    '',
    ...columnLines(figureColumns(figures), Number.POSITIVE_INFINITY),
    ...(programs === null ? [] : ['', ...programLines(programs)]),
    ...(remarks.length === 0 ? [] : ['', ...remarks]),
    '',
  ].join('\n');
}

type Cell<T> = (row: T) => string;

const columnOf =
  <T>(rows: readonly T[]) =>
  (heading: string, cell: Cell<T>, align: Column['align'] = 'right'): Column => ({
    heading,
    align,
    need: Number.POSITIVE_INFINITY,
    cells: rows.map(cell),
  });

function figureColumns(figures: readonly Compared[]): Column[] {
  const column = columnOf(figures);
  return [
    column('', ({ name }) => figureRows[name].title, 'left'),
    column('off', ({ name, off }) => amountText(name, off.median)),
    column('on', ({ name, on }) => amountText(name, on.median)),
    column('difference', ({ name, difference }) => differenceText(name, difference)),
    column('on / off', ({ ratio }) => ratioText(ratio)),
    column('target', verdictText, 'left'),
  ];
}

const amountText = (name: FigureName, amount: number): string =>
  name === 'ceilingPacketsPerSecond' ? `${countText(amount)}/s` : shortLatencyText(Math.max(0, amount));

function differenceText(name: FigureName, { median }: Interval): string {
  return `${median < 0 ? '-' : '+'}${amountText(name, Math.abs(median))}`;
}

const ratioText = ({ median, low, high }: Interval): string =>
  `${median.toFixed(3)} (${low.toFixed(3)} to ${high.toFixed(3)})`;

function verdictText({ name, verdict }: Compared): string {
  const { target } = figureRows[name];
  return target === null || verdict === null ? '' : `${target.bound} ${target.ratio}: ${verdict}`;
}

function programLines({ programs, egressToReceiveNs, othersNs, rounds }: CostFigures): string[] {
  const column = columnOf(programs);
  const ns = (value: number | undefined) => (value === undefined ? '-' : value.toFixed(0));
  return [
    `ns a program run by the kernel's own statistics, above an empty program; ${rounds} rounds.`,
    '',
    ...columnLines(
      [
        column('hook', ({ hook }) => hook, 'left'),
        column('vifscope', ({ vifscopeNs }) => ns(vifscopeNs?.median)),
        column('a clock read', ({ clockNs }) => ns(clockNs?.median)),
        column('on other devices', ({ othersNs: others }) => ns(others?.median)),
      ],
      Number.POSITIVE_INFINITY,
    ),
    '',
    `A packet from egress to receive: ${ns(egressToReceiveNs.median)} ns; one of other devices: ${ns(othersNs.median)} ns.`,
  ];
}
