// Which lines of a snapshot the table shows, and in which order.
import { type DeviceKind, segments } from '../measure/segments.js';
import type { DeviceLabels, SegmentLine, Snapshot } from '../measure/snapshot.js';

const kindRank: Readonly<Record<DeviceKind, number>> = { veth: 0, tap: 1, tun: 2, other: 3 };

/**
 * The lines that have samples: by kind, then device by device in the order of the snapshot, each in the
 * order of the segments.
 */
export function shownLines(snapshot: Snapshot): SegmentLine[] {
  const deviceRank = new Map<string, number>();
  for (const line of snapshot.segments) {
    if (!deviceRank.has(deviceKey(line))) deviceRank.set(deviceKey(line), deviceRank.size);
  }
  const rank = (line: SegmentLine) => [
    kindRank[line.kind],
    deviceRank.get(deviceKey(line)) ?? 0,
    segments.findIndex((s) => s.name === line.segment),
  ];
  return snapshot.segments
    .filter((line) => line.count > 0)
    .map((line) => ({ line, rank: rank(line) }))
    .sort((a, b) => compareRanks(a.rank, b.rank))
    .map(({ line }) => line);
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  const differing = a.findIndex((value, index) => value !== b[index]);
  return (a[differing] ?? 0) - (b[differing] ?? 0);
}

/** A device is an ifindex in a namespace: names are changed and used again. */
const deviceKey = (line: SegmentLine): string => `${line.netnsInum}/${line.ifindex}`;

/** Whether a device's name alone doesn't tell where it is. */
export const spansNamespaces = (lines: readonly DeviceLabels[]): boolean =>
  new Set(lines.map((line) => line.netns)).size > 1;

/** The line with the greatest 99.9th percentile: where packets waited longest; null without a sample. */
export function longestTail(snapshot: Snapshot): SegmentLine | null {
  return shownLines(snapshot).reduce<SegmentLine | null>(
    (longest, line) => ((line.p999Ns ?? 0) > (longest?.p999Ns ?? -1) ? line : longest),
    null,
  );
}
