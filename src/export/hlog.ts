// The snapshot as a histogram log (HdrHistogram log format 1.3), for its processors, analyzers and plotters.
// The lines are written here and not by HistogramLogWriter, which would decode and encode every histogram
// again, print the edge of the last bucket as the maximum, and break the header with an empty line.
import type { SegmentLine, Snapshot } from '../measure/snapshot.js';

const nsPerMs = 1e6;

/**
 * A header and one interval a device and segment, told apart by `Tag=netns/device/segment`. Histogram values
 * are ns, Interval_Max is ms (the format's default ratio), times are seconds from StartTime.
 * @see HdrHistogram, HistogramLogReader: what a reader takes
 */
export function snapshotHlog(snapshot: Snapshot): string {
  const startedAtMs = Date.parse(snapshot.startedAt);
  const lines = [
    `#[Logged with vifscope ${encoded(snapshot.host.vifscope)}, values in nanoseconds]`,
    '#[Histogram log format version 1.3]',
    `#[StartTime: ${(startedAtMs / 1000).toFixed(3)} (seconds since epoch), ${new Date(startedAtMs).toISOString()}]`,
    '"StartTimestamp","Interval_Length","Interval_Max","Interval_Compressed_Histogram"',
    ...snapshot.segments.map((line) => interval(line, snapshot.durationSeconds)),
  ];
  return `${lines.join('\n')}\n`;
}

function interval(line: SegmentLine, durationSeconds: number): string {
  const maxMs = ((line.maxNs ?? 0) / nsPerMs).toFixed(6);
  return `Tag=${tagOf(line)},0.000,${durationSeconds.toFixed(3)},${maxMs},${line.histogram}`;
}

/** What a processor selects the interval by. */
export function tagOf({ netns, device, segment }: Pick<SegmentLine, 'netns' | 'device' | 'segment'>): string {
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
