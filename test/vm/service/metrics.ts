// What is read out of a page of metrics. Pure: the text in, figures out.
import type { Segment } from '../../../src/measure/segments.js';
import type { SampleCount } from '../passage.js';

interface Line {
  readonly labels: ReadonlyMap<string, string>;
  readonly value: number;
}

function linesOf(page: string, metric: string): Line[] {
  return page
    .split('\n')
    .filter((line) => line.startsWith(`${metric}{`))
    .map((line) => ({
      labels: new Map([...line.matchAll(/(\w+)="([^"]*)"/g)].map(([, name = '', text = '']) => [name, text])),
      value: Number(line.slice(line.lastIndexOf(' ') + 1)),
    }));
}

export const samplesIn = (page: string): SampleCount[] =>
  linesOf(page, 'vifscope_segment_latency_seconds_count').map(({ labels, value }) => ({
    device: labels.get('device') ?? '',
    segment: labels.get('segment') as Segment,
    count: value,
  }));

/** By how much each count is larger than before; what was not there before began at 0. */
export const growth = (before: readonly SampleCount[], after: readonly SampleCount[]): SampleCount[] =>
  after.map((line) => ({ ...line, count: line.count - countIn(before, line.device, line.segment) }));

export const countIn = (samples: readonly SampleCount[], device: string, segment: Segment): number =>
  samples.find((one) => one.device === device && one.segment === segment)?.count ?? 0;

/** Each once. */
export const devicesIn = (page: string): string[] => [
  ...new Set(samplesIn(page).map(({ device }) => device)),
];

export const injectMechanismIn = (page: string): string =>
  linesOf(page, 'vifscope_hook_info')
    .find(({ labels }) => labels.get('hook') === 'tun_get_user')
    ?.labels.get('mechanism') ?? 'not told';
