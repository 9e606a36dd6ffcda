// The one table of metrics: name, help, type, and how values are taken from what was read.
import { outcomes } from '../../measure/increment.js';
import type { SegmentSeries, SeriesLabels, SeriesReading } from '../../measure/series.js';
import type { BuildFacts, ProcessFacts, ServiceFacts } from './facts.js';
import { goFloat } from './goFloat.js';
import { labelText } from './labelText.js';

/** Everything that one scrape tells, as of one moment. */
export interface Collection {
  readonly reading: SeriesReading;
  readonly build: BuildFacts;
  readonly service: ServiceFacts;
  readonly process: ProcessFacts;
  readonly scrapes: number;
  /** Of the scrape before; null for the first. */
  readonly scrapeSeconds: number | null;
}

/** A line of the exposition, or several of which the last one is still without its value. */
export interface Value {
  readonly metricName: string;
  readonly value: number;
}

export interface Family {
  readonly name: string;
  readonly help: string;
  readonly type: 'histogram' | 'gauge' | 'counter';
  readonly values: (collection: Collection) => Value[];
}

const nsPerSecond = 1e9;
const stampOutcomes = [...outcomes, 'matched'] as const;
const latency = 'vifscope_segment_latency_seconds';

const deviceLabels = ({ device, netns, kind }: SeriesLabels) => ({ device, netns, kind });
/** Four families name the same series. */
const texts = new WeakMap<SegmentSeries, string>();

function segmentText(series: SegmentSeries): string {
  const known = texts.get(series);
  if (known !== undefined) return known;
  const text = labelText({ ...deviceLabels(series), segment: series.segment });
  texts.set(series, text);
  return text;
}

/** One value a series: all its lines at once. */
function histogramValues({ reading: { segments, boundsNs } }: Collection): Value[] {
  const bounds = [...boundsNs.map((bound) => bound / nsPerSecond), Number.POSITIVE_INFINITY];
  const beginnings = bounds.map((bound) => `${latency}_bucket{le="${goFloat(bound)}",`);
  return segments.map((series) => {
    const labels = segmentText(series);
    let upTo = 0;
    const buckets = beginnings.map((beginning, place) => {
      upTo += series.counts[place] ?? 0;
      return `${beginning}${labels}} ${upTo}\n`;
    });
    const sum = `${latency}_sum{${labels}} ${series.sumNs / nsPerSecond}\n`;
    return { metricName: `${buckets.join('')}${sum}${latency}_count{${labels}}`, value: series.matched };
  });
}

const perSegment = (name: string, pick: (series: SegmentSeries) => number | null) => ({
  name,
  values: ({ reading }: Collection) =>
    reading.segments.flatMap((series): Value[] => {
      const value = pick(series);
      return value === null ? [] : [{ metricName: `${name}{${segmentText(series)}}`, value }];
    }),
});

/** Rows of labels with their values. */
type Row = readonly [labels: Readonly<Record<string, string>>, value: number];

const perRow = (name: string, rowsOf: (collection: Collection) => readonly Row[]) => ({
  name,
  values: (collection: Collection) =>
    rowsOf(collection).map(([labels, value]) => ({ metricName: `${name}{${labelText(labels)}}`, value })),
});

const single = (name: string, pick: (collection: Collection) => number | null) => ({
  name,
  values: (collection: Collection) => {
    const value = pick(collection);
    return value === null ? [] : [{ metricName: name, value }];
  },
});

export const families: readonly Family[] = [
  {
    name: latency,
    help: 'How long packets waited in a segment of a device, in seconds; every packet is counted.',
    type: 'histogram',
    values: histogramValues,
  },
  {
    ...perSegment('vifscope_segment_latency_max_seconds', ({ maxNs }) =>
      maxNs === null ? null : maxNs / nsPerSecond,
    ),
    help: 'The longest wait of the last while (metrics.max_window), exactly, in seconds.',
    type: 'gauge',
  },
  {
    name: 'vifscope_stamps_total',
    values: ({ reading }) =>
      reading.segments.flatMap((series) =>
        stampOutcomes.map((outcome) => ({
          metricName: `vifscope_stamps_total{${segmentText(series)},outcome="${outcome}"}`,
          value: series[outcome],
        })),
      ),
    help: 'Packets that began to wait in a segment, and what became of them; unmatched are ends without a start.',
    type: 'counter',
  },
  {
    ...perSegment('vifscope_in_flight_packets', ({ inFlight }) => inFlight),
    help: 'Packets that wait in a segment now.',
    type: 'gauge',
  },
  {
    ...perRow('vifscope_drops_total', ({ reading }) =>
      reading.drops.map((s) => [{ ...deviceLabels(s), reason: s.reason }, s.count]),
    ),
    help: "Packets dropped on a device, by the kernel's reason.",
    type: 'counter',
  },
  {
    ...perRow('vifscope_hook_info', ({ reading }) =>
      reading.hooks.map(({ hook, mechanism, state }) => [{ hook, mechanism: mechanism ?? 'none', state }, 1]),
    ),
    help: 'A kernel hook, by which mechanism it is attached, and whether it is.',
    type: 'gauge',
  },
  {
    ...perRow('vifscope_build_info', ({ build }) => [[{ ...build }, 1]]),
    help: 'What runs here.',
    type: 'gauge',
  },
  {
    ...perRow('vifscope_devices', ({ reading }) =>
      Object.entries(reading.devices).map(([kind, count]) => [{ kind }, count]),
    ),
    help: 'Devices that are measured.',
    type: 'gauge',
  },
  {
    ...single('vifscope_unlearned_hook_runs_total', ({ reading }) => reading.unlearnedHookRuns),
    help: 'Hooks that ran for a device not yet known; a packet passes several.',
    type: 'counter',
  },
  {
    ...single('vifscope_devices_turned_away_total', ({ reading }) => reading.devicesTurnedAway),
    help: "Devices for which there was no room in the kernel's memory.",
    type: 'counter',
  },
  {
    ...single('vifscope_series_turned_away_total', ({ reading }) => reading.seriesTurnedAway),
    help: 'Sets of labels that are not exposed or were forgotten, for want of room (metrics.max_series).',
    type: 'counter',
  },
  {
    ...single('vifscope_connections_turned_away_total', ({ service }) => service.connectionsTurnedAway),
    help: 'Connections closed unanswered because there were too many.',
    type: 'counter',
  },
  {
    ...single('vifscope_reading_duration_seconds', ({ reading }) => reading.readingSeconds),
    help: "How long reading the kernel's memory took for this scrape.",
    type: 'gauge',
  },
  {
    ...single('vifscope_scrape_duration_seconds', ({ scrapeSeconds }) => scrapeSeconds),
    help: 'How long the whole scrape before this one took: reading, text and compression.',
    type: 'gauge',
  },
  {
    ...single('vifscope_scrapes_total', ({ scrapes }) => scrapes),
    help: 'Collections made; scrapes at the same time share one.',
    type: 'counter',
  },
  {
    ...single('vifscope_config_last_reload_successful', ({ service }) =>
      Number(service.lastReload.successful),
    ),
    help: 'Whether the configuration was right when it was last read.',
    type: 'gauge',
  },
  {
    ...single(
      'vifscope_config_last_reload_success_timestamp_seconds',
      ({ service }) => service.lastReload.lastSuccessAt.getTime() / 1_000,
    ),
    help: 'When a right configuration was last read.',
    type: 'gauge',
  },
  {
    ...single('vifscope_interval_log_intervals_total', ({ service }) => service.log?.intervals ?? null),
    help: 'Intervals written to the interval log.',
    type: 'counter',
  },
  {
    ...single(
      'vifscope_interval_log_lost_intervals_total',
      ({ service }) => service.log?.lostIntervals ?? null,
    ),
    help: 'Intervals that could not be written to the interval log.',
    type: 'counter',
  },
  {
    ...single('process_cpu_seconds_total', ({ process }) => process.cpuSeconds),
    help: 'CPU time of this process, user and system, in seconds.',
    type: 'counter',
  },
  {
    ...single('process_resident_memory_bytes', ({ process }) => process.residentBytes),
    help: 'Resident memory of this process in bytes.',
    type: 'gauge',
  },
  {
    ...single('process_open_fds', ({ process }) => process.openFds),
    help: 'Open file descriptors of this process.',
    type: 'gauge',
  },
  {
    ...single('process_start_time_seconds', ({ process }) => process.startedAtSeconds),
    help: 'When this process started, in seconds since 1970.',
    type: 'gauge',
  },
];
