// The options of `vifscope trace`, once read.
import { parseDuration } from '../measure/duration.js';
import { optionError, parseCount } from '../measure/optionText.js';
import { latencyNs } from '../measure/threshold.js';
import { single } from './snapshotOptions.js';

export interface RawTraceOptions {
  readonly slowerThan: string | undefined;
  readonly device: readonly string[];
  readonly count: string | undefined;
  readonly duration: string | undefined;
  readonly json: boolean | undefined;
}

export interface TraceCommandOptions {
  readonly include: readonly string[];
  /** null: each segment's running p99.9. */
  readonly slowerThanNs: number | null;
  readonly slowerThanText: string | null;
  /** null: no end by number. */
  readonly count: number | null;
  /** null: no end by time. */
  readonly durationSeconds: number | null;
  readonly isJson: boolean;
}

/** @throws VifscopeError USAGE */
export function readTraceOptions(raw: RawTraceOptions): TraceCommandOptions {
  const { slowerThan, count, duration } = raw;
  return {
    include: raw.device,
    slowerThanNs: slowerThan === undefined ? null : parseSlowerThan(single('--slower-than', slowerThan)),
    slowerThanText: slowerThan ?? null,
    count: count === undefined ? null : parseCount(single('--count', count), '--count'),
    durationSeconds: duration === undefined ? null : parseDuration(single('--duration', duration)),
    isJson: raw.json ?? false,
  };
}

function parseSlowerThan(text: string): number {
  const ns = latencyNs(text);
  if (ns === null || ns < 1)
    throw optionError('--slower-than', text, 'not a latency from 1 ns on in ns, us, ms or s', '200us');
  return ns;
}
