// The options of `vifscope top`, once read.
import type { Argv } from 'yargs';
import { type FrameOrder, frameOrders } from '../export/frame.js';
import type { JourneysOptions } from '../journey/journeys.js';
import { parseDuration } from '../measure/duration.js';
import { optionError, parseCount } from '../measure/optionText.js';
import { defaultPercentiles, parsePercentiles } from '../measure/percentiles.js';
import { readJourneys, single } from './snapshotOptions.js';
import { type RawSourceOptions, withSourceOptions } from './sourceOptions.js';

const usualInterval = '1s';
/** Shorter ones hold too few packets for a tail. */
const leastSeconds = 0.1;

export interface RawTopOptions extends RawSourceOptions {
  readonly interval: string;
  readonly count: string | undefined;
  readonly percentiles: string;
  readonly sort: FrameOrder;
  readonly journeys: string | undefined;
  readonly json: boolean | undefined;
}

export interface TopOptions {
  readonly intervalSeconds: number;
  /** null: until Ctrl-C. */
  readonly count: number | null;
  readonly percentiles: readonly number[];
  readonly order: FrameOrder;
  /** null: no packet is followed. */
  readonly journeys: JourneysOptions | null;
  readonly isJson: boolean;
}

export const withTopOptions = (argv: Argv) =>
  withSourceOptions(argv)
    .option('interval', {
      type: 'string',
      requiresArg: true,
      default: usualInterval,
      describe: 'how long each interval is: 500ms, 10s, 1m',
    })
    .option('count', { type: 'string', requiresArg: true, describe: 'end after so many intervals' })
    .option('sort', {
      choices: frameOrders,
      default: 'p99.9' as FrameOrder,
      requiresArg: true,
      describe: 'the greatest first; device: as in a snapshot',
    })
    .option('percentiles', {
      type: 'string',
      requiresArg: true,
      default: defaultPercentiles.join(','),
      describe: 'percentiles of the table',
    })
    .option('journeys', {
      type: 'string',
      requiresArg: true,
      describe: 'also follow one packet in N from device to device',
    })
    .option('json', { type: 'boolean', describe: 'print JSON, one snapshot a line' });

/** @throws VifscopeError USAGE */
export function readTopOptions(raw: RawTopOptions): TopOptions {
  const { interval, count, percentiles, sort, journeys, json } = raw;
  return {
    intervalSeconds: parseInterval(single('--interval', interval)),
    count: count === undefined ? null : parseCount(single('--count', count), '--count'),
    percentiles: parsePercentiles(single('--percentiles', percentiles)),
    order: single('--sort', sort) as FrameOrder,
    journeys: readJourneys(journeys),
    isJson: json ?? false,
  };
}

function parseInterval(text: string): number {
  const seconds = parseDuration(text, '--interval');
  if (seconds < leastSeconds)
    throw optionError('--interval', text, `shorter than ${leastSeconds} s, too short for a tail`, '500ms');
  return seconds;
}
