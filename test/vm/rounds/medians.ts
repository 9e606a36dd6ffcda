// What a round says of `inject`, by kind of device.
import type { DeviceKind } from '../../../src/measure/segments.js';
import type { Round } from './report.js';

/** Those that have the segment. */
export const injectedKinds = ['tap', 'tun'] as const satisfies readonly DeviceKind[];

/** null where nothing was measured. */
export const injectMedianOf = ({ segments }: Round, kind: DeviceKind): number | null =>
  segments.find((line) => line.segment === 'inject' && line.kind === kind)?.p50Ns ?? null;
