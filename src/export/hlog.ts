// Snapshots as a histogram log (HdrHistogram log format 1.3), for its processors, analyzers and plotters.
// The lines are written here and not by HistogramLogWriter, which would decode and encode every histogram
// again, print the edge of the last bucket as the maximum, and break the header with an empty line.
import type { Figures, JourneySummary, Snapshot } from '../measure/snapshot.js';
import { rateText } from './followed.js';

const nsPerMs = 1e6;

/** What an interval is told apart by. */
export interface TaggedPlace {
  readonly netns: string;
  readonly device: string;
  readonly segment: string;
}

/** As much of a snapshot as a log holds. */
export interface LoggedInterval extends Pick<Snapshot, 'startedAt' | 'durationSeconds'> {
  readonly segments: readonly (TaggedPlace & Figures)[];
  readonly legs: readonly ({ readonly from: string; readonly to: string; readonly leg: string } & Figures)[];
  /** Whose packets the legs are drawn from. */
  readonly journeys?: Pick<JourneySummary, 'every' | 'everyLeast' | 'everyMost'> | null;
}

/**
 * A header and one interval a device and segment, told apart by `Tag=netns/device/segment`. Histogram values
 * are ns, Interval_Max is ms (the format's default ratio), times are seconds from StartTime.
 * @see HdrHistogram, HistogramLogReader: what a reader takes
 */
export function snapshotHlog(snapshot: Snapshot): string {
  return hlogHeader(snapshot) + hlogIntervals(snapshot, Date.parse(snapshot.startedAt));
}

/** What a log starts with whose first interval is this one: its StartTime is the interval's. */
export function hlogHeader({ startedAt, host }: Pick<Snapshot, 'startedAt' | 'host'>): string {
  const startTimeMs = Date.parse(startedAt);
  return linesOf([
    `#[Logged with vifscope ${encoded(host.vifscope)}, values in nanoseconds]`,
    '#[Histogram log format version 1.3]',
    `#[StartTime: ${(startTimeMs / 1000).toFixed(3)} (seconds since epoch), ${new Date(startTimeMs).toISOString()}]`,
    '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
  ]);
}

/**
 * One line a device and segment, and one a leg (`Tag=netns%2Fdevice/netns%2Fdevice/leg`), in a log that is there already;
 * where packets are followed, a comment says how many of them the legs are drawn from.
 * @param startTimeMs the log's StartTime, since the epoch
 */
export function hlogIntervals(
  { startedAt, durationSeconds, segments, legs, journeys }: LoggedInterval,
  startTimeMs: number,
): string {
  const startSeconds = (Date.parse(startedAt) - startTimeMs) / 1000;
  const times = `${startSeconds.toFixed(3)},${durationSeconds.toFixed(3)}`;
  const interval = (tag: string, line: Figures) => `Tag=${tag},${times},${maxMs(line)},${line.histogram}`;
  return linesOf([
    ...segments.map((line) => interval(tagOf(line), line)),
    ...(journeys ? [`#[Journeys: ${rateText(journeys)}]`] : []),
    ...legs.map((line) => interval([line.from, line.to, line.leg].map(encoded).join('/'), line)),
  ]);
}

const maxMs = ({ maxNs }: Figures): string => ((maxNs ?? 0) / nsPerMs).toFixed(6);

const linesOf = (lines: readonly string[]): string => lines.map((line) => `${line}\n`).join('');

/** What a processor selects the interval by. */
export function tagOf({ netns, device, segment }: TaggedPlace): string {
  return [netns, device, segment].map(encoded).join('/');
}

/** Percent-encoded, so that two names never become one: separators, white space and all but printable ASCII. */
function encoded(name: string): string {
  return name.replace(/[^!-~]|[,%/"]/gu, (character) =>
    [...Buffer.from(character)]
      .map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`)
      .join(''),
  );
}
