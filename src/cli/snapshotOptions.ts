// Options that every command with a snapshot shares, and what they ask for once read.
import type { Argv } from 'yargs';
import { VifscopeError } from '../errors.js';
import { defaultQuietMs, type JourneysOptions } from '../journey/journeys.js';
import { parseEvery } from '../journey/sampling.js';
import { parseDuration } from '../measure/duration.js';
import { defaultPercentiles, parsePercentiles } from '../measure/percentiles.js';
import { parseThreshold, type Threshold } from '../measure/threshold.js';

export function withSnapshotOptions<T>(argv: Argv<T>, defaultDuration: string) {
  return argv
    .option('duration', {
      type: 'string',
      requiresArg: true,
      default: defaultDuration,
      describe: 'how long to measure: 5, 500ms, 2m',
    })
    .option('percentiles', {
      type: 'string',
      requiresArg: true,
      default: defaultPercentiles.join(','),
      describe: 'percentiles of the table and of --csv',
    })
    .option('json', { type: 'boolean', describe: 'print JSON', conflicts: 'csv' })
    .option('csv', { type: 'boolean', describe: 'print CSV' })
    .option('hlog', { type: 'string', describe: 'also write an HdrHistogram log', requiresArg: true })
    .option('journeys', {
      type: 'string',
      requiresArg: true,
      describe:
        'also follow one packet in N from device to device, for the time that forwarders and guests take',
    })
    .option('fail-above', {
      type: 'string',
      array: true,
      nargs: 1,
      default: [],
      describe: 'exit with 3 if exceeded: p99=1ms, ring:max=20ms',
    });
}

export interface RawSnapshotOptions {
  readonly duration: string;
  readonly percentiles: string;
  readonly json: boolean | undefined;
  readonly csv: boolean | undefined;
  readonly hlog: string | undefined;
  readonly journeys: string | undefined;
  readonly failAbove: readonly string[];
}

export interface SnapshotOptions {
  readonly durationSeconds: number;
  readonly percentiles: readonly number[];
  readonly format: 'table' | 'json' | 'csv';
  readonly hlogPath: string | undefined;
  readonly thresholds: readonly Threshold[];
  /** null: no packet is followed. */
  readonly journeys: JourneysOptions | null;
}

/** @throws VifscopeError USAGE */
export function readSnapshotOptions(raw: RawSnapshotOptions): SnapshotOptions {
  return {
    durationSeconds: parseDuration(single('--duration', raw.duration)),
    percentiles: parsePercentiles(single('--percentiles', raw.percentiles)),
    format: raw.json ? 'json' : raw.csv ? 'csv' : 'table',
    hlogPath: raw.hlog === undefined ? undefined : single('--hlog', raw.hlog),
    thresholds: raw.failAbove.map(parseThreshold),
    journeys: readJourneys(raw.journeys),
  };
}

/** @returns null where no packet is to be followed @throws VifscopeError USAGE */
export const readJourneys = (text: string | undefined): JourneysOptions | null =>
  text === undefined ? null : { every: parseEvery(single('--journeys', text)), quietMs: defaultQuietMs };

/** yargs makes an array of an option that is given twice, whatever its declared type. */
export function single(option: string, value: unknown): string {
  if (typeof value === 'string') return value;
  throw new VifscopeError({
    code: 'USAGE',
    operation: 'use',
    object: option,
    reason: 'it is given more than once',
    remedy: 'give it once',
  });
}
