// The one table of metrics: name, help, type, and how values are taken from what was read. Those of the segments and
// legs are in files of their own; all others are rendered by prom-client.
import type { SeriesReading } from '../../measure/series.js';
import type { BuildFacts, ProcessFacts, ServiceFacts } from './facts.js';
import type { FamilyHead } from './labelledLines.js';
import { labelText } from './labelText.js';
import { legFamilies } from './legFamilies.js';
import { segmentFamilies } from './segmentFamilies.js';

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

/** A line of the exposition. */
interface Value {
  readonly metricName: string;
  readonly value: number;
}

interface RegisteredFamily extends FamilyHead {
  readonly values: (collection: Collection) => Value[];
}

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

const journeyOutcomes = ['whole', 'partial', 'ambiguous', 'evicted'] as const;

export const registeredFamilies: readonly RegisteredFamily[] = [
  {
    ...perRow('vifscope_drops_total', ({ reading }) =>
      reading.drops.map(({ device, netns, kind, reason, count }) => [{ device, netns, kind, reason }, count]),
    ),
    help: "Packets dropped on a device, by the kernel's reason.",
    type: 'counter',
  },
  {
    ...perRow('vifscope_unreturned_packets_total', ({ reading }) =>
      (reading.following?.unreturned ?? []).map(({ device, netns, packets }) => [{ device, netns }, packets]),
    ),
    help: 'Followed packets that a process has read from a device and not itself written again as they were.',
    type: 'counter',
  },
  {
    ...perRow('vifscope_journeys_total', ({ reading }) => {
      const journeys = reading.following?.journeys;
      return journeys ? journeyOutcomes.map((outcome) => [{ outcome }, journeys[outcome]]) : [];
    }),
    help: 'Followed packets by what became of their journeys: only whole ones and parts make legs.',
    type: 'counter',
  },
  {
    ...single(
      'vifscope_journeys_overlong_total',
      ({ reading }) => reading.following?.journeys.overlong ?? null,
    ),
    help: 'Of the ambiguous journeys, those over more hooks than are remembered.',
    type: 'counter',
  },
  {
    ...single('vifscope_journeys_every', ({ reading }) => reading.following?.journeys.every ?? null),
    help: 'One packet in so many is followed now.',
    type: 'gauge',
  },
  {
    ...single(
      'vifscope_journey_events_lost_total',
      ({ reading }) => reading.following?.journeys.lostEvents ?? null,
    ),
    help: 'Events of followed packets for which there was no room.',
    type: 'counter',
  },
  {
    ...single(
      'vifscope_journey_events_unrecognisable_total',
      ({ reading }) => reading.following?.journeys.unrecognisable ?? null,
    ),
    help: 'Events of packets that are of no kind to be recognised by content, such as ARP.',
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
    ...single('vifscope_bucket_width_ratio', ({ reading }) => reading.bucketWidthRatio),
    help: "Width of the buckets of the kernel's histograms, of the waits in them.",
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
    ...single('vifscope_connections_turned_away_total', ({ service }) => service.asked.turnedAway),
    help: 'Connections closed unanswered because there were too many.',
    type: 'counter',
  },
  {
    ...single('vifscope_connections_cut_off_total', ({ service }) => service.asked.cutOff),
    help: 'Connections closed because the client was too slow.',
    type: 'counter',
  },
  {
    ...single('vifscope_requests_refused_total', ({ service }) => service.asked.refused),
    help: 'Requests refused: malformed, of another host, without a password, for what is not there.',
    type: 'counter',
  },
  {
    ...single('vifscope_snapshots_refused_total', ({ service }) => service.snapshotsRefused),
    help: 'Snapshots refused because too many, or too large ones, were being taken.',
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

export const families: readonly FamilyHead[] = [...segmentFamilies, ...legFamilies, ...registeredFamilies];
