// The building blocks of every expression on the dashboards.
// In: metrics and matchers. Out: PromQL in which Grafana fills in $job, $instance and $__rate_interval.

/** Which hosts: the first two variables of every dashboard. */
const hosts = ['job=~"$job"', 'instance=~"$instance"'];

/** A metric of the chosen hosts, narrowed further by matchers such as `kind="veth"`. */
export const series = (metric: string, ...matchers: readonly string[]): string =>
  `${metric}{${[...hosts, ...matchers].join(', ')}}`;

/** A counter's increase a second. */
export const rate = (metric: string, ...matchers: readonly string[]): string =>
  `rate(${series(metric, ...matchers)}[$__rate_interval])`;

/** The sum, with these labels kept: "instance, device"; none by default. */
export const sum = (expression: string, labels = ''): string => aggregate('sum', expression, labels);
export const max = (expression: string, labels = ''): string => aggregate('max', expression, labels);

/** Labels that tell devices apart, and how a legend shows them. */
export const byDevice = 'instance, netns, device';
export const deviceLegend = '{{instance}} {{netns}}/{{device}}';

/** Percentiles as every panel of waits shows them. */
export const percentiles = [
  { name: 'p50', quantile: 0.5 },
  { name: 'p99', quantile: 0.99 },
  { name: 'p99.9', quantile: 0.999 },
] as const;

/**
 * A percentile of a histogram in seconds, over everything that the labels do not keep apart. Where nothing was counted
 * there is none: Prometheus says NaN, which no comparison lets through.
 */
export function percentileOf(
  histogram: string,
  quantile: number,
  matchers: readonly string[],
  labels = '',
): string {
  const buckets = rate(`${histogram}_bucket`, ...matchers);
  return `histogram_quantile(${quantile}, ${sum(buckets, labels === '' ? 'le' : `le, ${labels}`)}) >= 0`;
}

/** The same of waits. */
export const wait = (quantile: number, matchers: readonly string[], labels = ''): string =>
  percentileOf('vifscope_segment_latency_seconds', quantile, matchers, labels);

/** The greatest value of the last 30 s (metrics.max_window), in seconds; exact, unlike a percentile. */
export const greatestOf = (metric: string, matchers: readonly string[], labels = ''): string =>
  max(series(metric, ...matchers), labels);

/** The same of waits. */
export const greatestWait = (matchers: readonly string[], labels = ''): string =>
  greatestOf('vifscope_segment_latency_max_seconds', matchers, labels);

/** Packets a second that began this wait. */
export const packets = (matchers: readonly string[], labels = ''): string =>
  sum(rate('vifscope_stamps_total', 'outcome="started"', ...matchers), labels);

/** Packets a second that the kernel dropped on these devices. */
export const drops = (matchers: readonly string[], labels = ''): string =>
  sum(rate('vifscope_drops_total', ...matchers), labels);

const aggregate = (operator: string, expression: string, labels: string): string =>
  `${operator}${labels === '' ? '' : ` by (${labels}) `}(${expression})`;
