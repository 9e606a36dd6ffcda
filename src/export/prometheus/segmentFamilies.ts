// The metrics of which each device-segment has its own.
import { outcomes } from '../../measure/increment.js';
import type { SegmentSeries } from '../../measure/series.js';
import { histogram, type LineFamily, maximum, perLabel, single } from './labelledLines.js';

export const segmentFamilies: readonly LineFamily<SegmentSeries>[] = [
  {
    ...histogram('vifscope_segment_latency_seconds'),
    help: 'How long packets waited in a segment of a device, in seconds; every packet is counted.',
  },
  {
    ...maximum('vifscope_segment_latency_max_seconds'),
    help: 'The longest wait of the last while (metrics.max_window), exactly, in seconds.',
    type: 'gauge',
  },
  {
    ...perLabel(
      'vifscope_stamps_total',
      'outcome',
      [...outcomes, 'matched'],
      (series: SegmentSeries, outcome) => series[outcome],
    ),
    help: 'Packets that began to wait in a segment, and what became of them; unmatched are ends without a start.',
    type: 'counter',
  },
  {
    ...single('vifscope_in_flight_packets', ({ inFlight }: SegmentSeries) => inFlight),
    help: 'Packets that wait in a segment now.',
    type: 'gauge',
  },
];
