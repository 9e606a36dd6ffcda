// Path: chosen devices, segment by segment, with the distribution of waits and what the load does to it.
import { segments } from '../../src/measure/segments.js';
import { labelVariable, page, withRows } from '../page.js';
import { graph, heat, scatter, waitGraph } from '../panels.js';
import {
  byDevice,
  deviceLegend,
  drops,
  greatestWait,
  packets,
  percentiles,
  rate,
  series,
  sum,
  wait,
} from '../promql.js';

const devices = ['kind=~"$kind"', 'netns=~"$netns"', 'device=~"$device"'];
const waits = [...devices, 'segment=~"$segment"'];
const meanings = segments.map(({ name, longTail }) => `${name}: ${longTail}`).join('; ');
const longTail = `What a long tail means is, for ${meanings}.`;

/** Each offers what the ones before it leave. */
const choices = [
  labelVariable('kind', 'Kind', series('vifscope_in_flight_packets')),
  labelVariable('netns', 'Namespace', series('vifscope_in_flight_packets', ...devices.slice(0, 1))),
  labelVariable('device', 'Device', series('vifscope_in_flight_packets', ...devices.slice(0, 2))),
  labelVariable('segment', 'Segment', series('vifscope_in_flight_packets', ...devices)),
];

const flow = [
  graph({
    title: 'Packets',
    description: 'Packets a second that began to wait, by device and segment.',
    unit: 'pps',
    columns: 8,
    queries: [{ expression: packets(waits, `${byDevice}, segment`), legend: `${deviceLegend} {{segment}}` }],
  }),
  graph({
    title: 'Drops by reason',
    description: "Packets a second that the kernel dropped on these devices, by the kernel's own reason.",
    unit: 'pps',
    columns: 8,
    queries: [{ expression: drops(devices, `${byDevice}, reason`), legend: `${deviceLegend} {{reason}}` }],
  }).noValue('none dropped'),
  graph({
    title: 'In flight',
    description: 'Packets that waited at the moment of the scrape. A full ring stands at its length.',
    unit: 'short',
    columns: 8,
    queries: [
      {
        expression: sum(series('vifscope_in_flight_packets', ...waits), `${byDevice}, segment`),
        legend: `${deviceLegend} {{segment}}`,
      },
    ],
  }),
];

const ofSegment = [
  heat({
    title: '$segment: distribution of waits',
    description: `How many packets waited for how long. ${longTail}`,
    unit: 's',
    columns: 12,
    queries: [
      { expression: sum(rate('vifscope_segment_latency_seconds_bucket', ...waits), 'le'), legend: '{{le}}' },
    ],
  }),
  waitGraph({
    title: '$segment: percentiles',
    description: `The chosen devices together. ${longTail}`,
    columns: 12,
    queries: [
      ...percentiles.map(({ name, quantile }) => ({ expression: wait(quantile, waits), legend: name })),
      { expression: greatestWait(waits), legend: 'max' },
    ],
  }),
  waitGraph({
    title: '$segment: p99 by device',
    description: `Which device has the tail. ${longTail}`,
    columns: 12,
    queries: [{ expression: wait(0.99, waits, byDevice), legend: deviceLegend }],
  }),
  scatter(
    {
      title: '$segment: tail against load',
      description:
        'One point a moment: the wait that one packet in a hundred exceeds, against packets a second. ' +
        'Where the points turn upwards, the path is at its limit.',
      unit: 's',
      columns: 12,
      queries: [{ expression: wait(0.99, waits), legend: 'p99' }],
    },
    { expression: packets(waits), legend: 'Packets', unit: 'pps' },
  ),
];

const pathPage = choices.reduce(
  (dashboard, choice) => dashboard.withVariable(choice),
  page('vifscope-path', 'vifscope / Path', 'Chosen devices, segment by segment.'),
);

export const path = withRows(pathPage, [
  { title: null, panels: flow },
  { title: '$segment', repeat: 'segment', panels: ofSegment },
]);
