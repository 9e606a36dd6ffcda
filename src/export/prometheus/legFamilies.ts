// The metrics of which each leg between two devices has its own.
import type { LegSeries } from '../../measure/series.js';
import { histogram, type LineFamily, maximum } from './labelledLines.js';

export const legFamilies: readonly LineFamily<LegSeries>[] = [
  {
    ...histogram('vifscope_leg_latency_seconds'),
    help: 'How long followed packets took from device to device, in seconds; one packet in vifscope_journeys_every is followed.',
  },
  {
    ...maximum('vifscope_leg_latency_max_seconds'),
    help: 'The longest leg of the last while (metrics.max_window), exactly, in seconds.',
    type: 'gauge',
  },
];
