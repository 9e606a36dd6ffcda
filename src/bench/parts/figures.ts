// From times to figures and text. Pure.
import { type Column, columnLines } from '../../export/columns.js';
import { shortLatencyText } from '../../export/latencyText.js';
import { type Spread, spreadOf } from '../cost/figures.js';
import type { Verb } from './kernelSide.js';
import type { PartTimes, TaskTime, VerbTime } from './rounds.js';
import type { Task } from './userSide.js';

export interface VerbFigures extends Omit<VerbTime, 'ns'> {
  /** Above the empty loop of the same round. */
  readonly ns: Spread;
}

export interface TaskFigures extends Omit<TaskTime, 'ns'> {
  readonly ns: Spread;
  /** A device-segment's time, by that with the fewest of them; 1 where all grows in step. */
  readonly growth: number;
}

export interface PartFigures {
  readonly verbs: readonly VerbFigures[];
  readonly tasks: readonly TaskFigures[];
}

export function partFigures({ verbs, tasks }: PartTimes): PartFigures {
  const loop = verbs.find(({ verb }) => verb === 'nothing')?.ns ?? [];
  return {
    verbs: verbs
      .filter(({ verb }) => verb !== 'nothing')
      .map((one) => ({ ...one, ns: spreadOf(one.ns.map((ns, round) => ns - (loop[round] ?? 0))) })),
    tasks: tasks.map((one) => {
      const fewest = tasks.find(({ task }) => task === one.task);
      const ns = spreadOf(one.ns);
      return { ...one, ns, growth: ns.median / spreadOf(fewest?.ns ?? one.ns).median };
    }),
  };
}

const verbTitles: Readonly<Record<Verb, string>> = {
  nothing: 'nothing',
  clock: 'read the clock',
  bucket: 'find the bucket of a wait',
  start: 'count a start',
  sample: 'count a sample',
  stamp: 'stamp a packet and take the stamp of another',
};

const taskTitles: Readonly<Record<Task, string>> = {
  read: 'read what was counted',
  book: 'book an increment',
  percentiles: 'percentiles and HdrHistogram of an interval',
  text: 'text for Prometheus, not compressed',
  log: 'lines of the interval log',
};

export function partsText({ verbs, tasks }: PartFigures, rounds: number): string {
  return [
    `In the kernel, ns a call above an empty loop, everything it touches in the cache; median (min to max) of ${rounds} rounds.`,
    '',
    ...columnLines(
      [
        columnOf(verbs, 'verb', ({ verb }) => verbTitles[verb], 'left'),
        columnOf(verbs, 'over', overText, 'left'),
        columnOf(verbs, 'ns', ({ ns }) => spreadText(ns)),
      ],
      Number.POSITIVE_INFINITY,
    ),
    '',
    'In user space, a device-segment.',
    '',
    ...columnLines(
      [
        columnOf(tasks, 'task', ({ task }) => taskTitles[task], 'left'),
        columnOf(tasks, 'device-segments', ({ segments }) => String(segments)),
        columnOf(tasks, 'each', ({ ns }) => shortLatencyText(ns.median)),
        columnOf(tasks, 'min', ({ ns }) => shortLatencyText(ns.min)),
        columnOf(tasks, 'max', ({ ns }) => shortLatencyText(ns.max)),
        columnOf(tasks, 'growth', ({ growth }) => growth.toFixed(2)),
      ],
      Number.POSITIVE_INFINITY,
    ),
    '',
  ].join('\n');
}

function columnOf<T>(
  rows: readonly T[],
  heading: string,
  cell: (row: T) => string,
  align: Column['align'] = 'right',
): Column {
  return { heading, align, need: Number.POSITIVE_INFINITY, cells: rows.map(cell) };
}

const overText = ({ packets, shards }: VerbFigures): string =>
  [packets && `${packets} in flight`, shards && `${shards} device-segments`].filter(Boolean).join('');

const spreadText = ({ median, min, max }: Spread): string =>
  `${median.toFixed(1)} (${min.toFixed(1)} to ${max.toFixed(1)})`;
