// A run as an HdrHistogram log: one interval a path and load, one tag a segment, leg and end to end.
import { hlogHeader, hlogIntervals, type LoggedInterval } from '../../export/hlog.js';
import { countedTrials } from '../result/counted.js';
import type { BenchResult, PathResult, TailAtRate } from '../result/schema.js';

/** The log of one path; null where no tail was measured. */
export function pathHlog(result: BenchResult, { path, tail }: PathResult): string | null {
  if (!tail) return null;
  const startMs = Date.parse(result.startedAt);
  const intervals = [tail.atRate, ...tail.overLoad].map((level) => intervalOf(path, level, result.startedAt));
  return [
    hlogHeader({ startedAt: result.startedAt, host: result.host }),
    ...intervals.map((interval) => hlogIntervals(interval, startMs)),
  ].join('');
}

/** Loads are told apart by their tags: when one began is not recorded. */
function intervalOf(path: string, level: TailAtRate, startedAt: string): LoggedInterval {
  const load = level.loadPercent === null ? 'rate' : `${level.loadPercent}%`;
  const durationSeconds = countedTrials(level).reduce(
    (sum, { load: { durationSeconds: seconds } }) => sum + seconds,
    0,
  );
  const whole = { netns: load, device: path, segment: 'end_to_end', ...level.endToEnd };
  return {
    startedAt,
    durationSeconds,
    segments: [
      whole,
      ...level.segments.map(({ device, segment, figures }) => ({ netns: load, device, segment, ...figures })),
    ],
    legs: level.legs.map(({ from, to, leg, figures }) => ({ from: `${load}/${from}`, to, leg, ...figures })),
  };
}
