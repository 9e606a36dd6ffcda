// What the demo's generator and sink counted, beside the snapshot.

import type { LoadResult } from '../bench/load/offerLoad.js';
import type { BuiltPath } from '../bench/path.js';
import { countText } from '../export/latencyText.js';
import type { Snapshot } from '../measure/snapshot.js';

export interface PathLoad {
  readonly path: BuiltPath;
  readonly offeredPacketsPerSecond: number;
  readonly load: LoadResult;
}

/** The demo's JSON is a snapshot with one more member: what each path was offered, and what came out. */
export interface DemoSnapshot extends Snapshot {
  readonly loads: readonly (LoadResult & {
    readonly path: string;
    readonly accelerator: string | null;
    readonly offeredPacketsPerSecond: number;
  })[];
}

export function withLoads(snapshot: Snapshot, loads: readonly PathLoad[]): DemoSnapshot {
  return {
    ...snapshot,
    loads: loads.map(({ path, offeredPacketsPerSecond, load }) => ({
      path: path.name,
      accelerator: path.guest?.accelerator ?? null,
      offeredPacketsPerSecond,
      ...load,
    })),
  };
}

/** One line a path: "veth  100,000 packets/s offered, 100,000 reached, 500,000 sent, 500,000 received". */
export function loadText({ path, offeredPacketsPerSecond, load: { generator, sink } }: PathLoad): string {
  const reached = countText(Math.round(generator.reachedPacketsPerSecond));
  const offered = countText(offeredPacketsPerSecond);
  const lostPercent = ((sink.missing / Math.max(1, generator.sent)) * 100).toFixed(2);
  const guest = path.guest ? ` (guest under ${path.guest.accelerator.toUpperCase()})` : '';
  const counts = `${countText(generator.sent)} sent, ${countText(sink.received)} received, ${lostPercent} % lost`;
  return `${path.name.padEnd(5)} ${offered} packets/s offered, ${reached} reached, ${counts}${guest}\n`;
}
