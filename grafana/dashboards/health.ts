// Health: whether the figures can be trusted, what is not seen, and what the measuring costs.
import { page, withRows } from '../page.js';
import { figure, graph, labelTable } from '../panels.js';
import { byDevice, deviceLegend, max, rate, series, sum } from '../promql.js';

const stamps = (...outcomes: readonly string[]) =>
  sum(series('vifscope_stamps_total', `outcome=~"${outcomes.join('|')}"`), `${byDevice}, segment`);
const inFlight = (labels: string) => sum(series('vifscope_in_flight_packets'), labels);

/** A counter as "Title: a second", by host. */
const byHost = (title: string, metric: string) => ({
  expression: sum(rate(metric), 'instance'),
  legend: `{{instance}} ${title}`,
});

const accounting = [
  graph({
    title: 'Outcomes',
    description:
      'What became of stamped packets. Matched ones are the samples; dropped, expired and evicted ones never ' +
      'become any; unmatched are ends without a beginning.',
    unit: 'pps',
    columns: 8,
    queries: [
      {
        expression: sum(rate('vifscope_stamps_total'), 'instance, outcome'),
        legend: '{{instance}} {{outcome}}',
      },
    ],
  }),
  graph({
    title: 'Unaccounted for',
    description:
      'Started minus matched, dropped, expired, evicted and in flight: 0, but for packets that passed while ' +
      'the counts were read. What stays means that vifscope miscounts.',
    unit: 'short',
    columns: 8,
    queries: [
      {
        expression: [
          stamps('started'),
          stamps('matched', 'dropped', 'expired', 'evicted'),
          inFlight(`${byDevice}, segment`),
        ].join(' - '),
        legend: `${deviceLegend} {{segment}}`,
      },
    ],
  }),
  graph({
    title: 'In flight',
    description: 'Stamped packets that still waited at the moment of the scrape.',
    unit: 'short',
    columns: 8,
    queries: [{ expression: inFlight('instance, segment'), legend: '{{instance}} {{segment}}' }],
  }),
];

const sight = [
  labelTable(
    {
      title: 'Hooks',
      description: 'Kernel points that are stamped. A missing one leaves out the segments that it bounds.',
      unit: 'short',
      columns: 8,
      queries: [{ expression: series('vifscope_hook_info'), legend: '{{hook}}' }],
    },
    ['instance', 'hook', 'mechanism', 'state'],
  ),
  graph({
    title: 'Devices and series',
    description:
      'Measured devices by kind, and the histograms exposed for them; the latter cost Prometheus its memory.',
    unit: 'short',
    columns: 8,
    queries: [
      { expression: sum(series('vifscope_devices'), 'instance, kind'), legend: '{{instance}} {{kind}}' },
      {
        expression: `count by (instance) (${series('vifscope_segment_latency_seconds_count')})`,
        legend: '{{instance}} histograms',
      },
    ],
  }),
  graph({
    title: 'Turned away',
    description:
      'What was met and not served, a second: hook runs on devices not learnt yet, devices without room in ' +
      "the kernel's memory, series, connections and snapshots beyond their limits, slow clients, requests refused.",
    unit: 'ops',
    columns: 8,
    queries: [
      byHost('hook runs', 'vifscope_unlearned_hook_runs_total'),
      byHost('devices', 'vifscope_devices_turned_away_total'),
      byHost('series', 'vifscope_series_turned_away_total'),
      byHost('connections', 'vifscope_connections_turned_away_total'),
      byHost('slow clients', 'vifscope_connections_cut_off_total'),
      byHost('requests', 'vifscope_requests_refused_total'),
      byHost('snapshots', 'vifscope_snapshots_refused_total'),
    ],
  }),
];

const cost = [
  graph({
    title: 'CPU',
    description: "Share of one core that the service itself uses; the kernel side's cost is not in it.",
    unit: 'percentunit',
    columns: 6,
    queries: [byHost('CPU', 'process_cpu_seconds_total')],
  }),
  graph({
    title: 'Resident memory',
    description: "The service's memory, the mapped histograms included. It should not climb.",
    unit: 'bytes',
    columns: 6,
    queries: [
      { expression: sum(series('process_resident_memory_bytes'), 'instance'), legend: '{{instance}}' },
    ],
  }),
  graph({
    title: 'Scrape time',
    description: "Reading the kernel's memory, and the whole of the scrape before. Long: too many series.",
    unit: 's',
    columns: 6,
    queries: [
      {
        expression: max(series('vifscope_reading_duration_seconds'), 'instance'),
        legend: '{{instance}} reading',
      },
      {
        expression: max(series('vifscope_scrape_duration_seconds'), 'instance'),
        legend: '{{instance}} scrape',
      },
    ],
  }),
  graph({
    title: 'Interval log',
    description: 'Intervals written to the histogram log and intervals lost, a second; none where it is off.',
    unit: 'ops',
    columns: 6,
    queries: [
      byHost('written', 'vifscope_interval_log_intervals_total'),
      byHost('lost', 'vifscope_interval_log_lost_intervals_total'),
    ],
  }),
];

const service = [
  figure({
    title: 'Running for',
    description: 'Time since the service started. Counters begin anew then.',
    unit: 'dtdurations',
    columns: 6,
    queries: [{ expression: `time() - ${series('process_start_time_seconds')}`, legend: '{{instance}}' }],
  }),
  figure({
    title: 'Configuration in force',
    description:
      'Whether the last reload was accepted; otherwise the configuration before it stays in force.',
    unit: 'bool_yes_no',
    columns: 6,
    queries: [{ expression: series('vifscope_config_last_reload_successful'), legend: '{{instance}}' }],
  }),
  figure({
    title: 'Configuration read',
    description: 'When a configuration was last accepted.',
    unit: 'dateTimeFromNow',
    columns: 6,
    queries: [
      {
        expression: `${series('vifscope_config_last_reload_success_timestamp_seconds')} * 1000`,
        legend: '{{instance}}',
      },
    ],
  }),
  figure({
    title: 'Open files',
    description: 'File descriptors of the service. It should not climb.',
    unit: 'short',
    columns: 6,
    queries: [{ expression: series('process_open_fds'), legend: '{{instance}}' }],
  }),
  labelTable(
    {
      title: 'Versions',
      description: 'What runs on which host.',
      unit: 'short',
      columns: 24,
      queries: [{ expression: series('vifscope_build_info'), legend: '{{instance}}' }],
    },
    ['instance', 'version', 'libbpf', 'kernel', 'node'],
  ),
];

export const health = withRows(
  page('vifscope-health', 'vifscope / Health', 'Whether the figures can be trusted, and what they cost.'),
  [
    { title: 'Accounting', panels: accounting },
    { title: 'What is seen', panels: sight },
    { title: 'Own cost', panels: cost },
    { title: 'Service', panels: service },
  ],
);
