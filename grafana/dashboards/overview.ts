// Overview: one row a path, from its rate to its drops.
import { type Segment, segments } from '../../src/measure/segments.js';
import { page, withRows } from '../page.js';
import { figure, graph, waitGraph } from '../panels.js';
import {
  byDevice,
  deviceLegend,
  drops,
  greatestWait,
  packets,
  percentiles,
  series,
  sum,
  wait,
} from '../promql.js';

/** The waits that a packet has once on its way through a device, whatever the direction: they count packets. */
const once = 'segment=~"backlog|ring"';

/** The wait in which a path's trouble shows first. */
const paths: readonly { readonly kind: string; readonly title: string; readonly segment: Segment }[] = [
  { kind: 'veth', title: 'veth: containers', segment: 'backlog' },
  { kind: 'tap', title: 'tap: guests', segment: 'ring' },
  { kind: 'tun', title: 'tun: forwarders', segment: 'ring' },
];

export const overview = withRows(
  page('vifscope-overview', 'vifscope / Overview', 'Where packets wait on veth, tap and tun devices.'),
  [
    { title: null, panels: figures() },
    ...paths.map((path) => ({ title: path.title, panels: panelsOf(path) })),
  ],
);

function figures() {
  return [
    figure({
      title: 'Devices',
      description: 'Devices that are measured now.',
      unit: 'short',
      columns: 6,
      queries: [{ expression: sum(series('vifscope_devices')), legend: 'devices' }],
    }),
    figure({
      title: 'Packets',
      description: 'Packets a second over all devices; a packet that crosses two devices counts on both.',
      unit: 'pps',
      columns: 6,
      queries: [{ expression: packets([once]), legend: 'packets' }],
    }),
    figure({
      title: 'Greatest wait',
      description:
        'The longest that any packet has waited anywhere in the last 30 s (metrics.max_window). Exact.',
      unit: 's',
      columns: 6,
      queries: [{ expression: greatestWait([]), legend: 'max' }],
    }),
    figure({
      title: 'Hooks missing',
      description: 'Kernel hooks that could not be attached; what they would measure is missing. See Health.',
      unit: 'short',
      columns: 6,
      queries: [
        {
          expression: `count(${series('vifscope_hook_info', 'state="missing"')}) or vector(0)`,
          legend: 'hooks',
        },
      ],
    }),
  ];
}

function panelsOf({ kind, segment }: (typeof paths)[number]) {
  const ofKind = `kind="${kind}"`;
  const waits = [ofKind, `segment="${segment}"`];
  const longTail = segments.find(({ name }) => name === segment)?.longTail ?? '';
  return [
    graph({
      title: `${kind} packets`,
      description:
        'Packets a second by where they wait: ring is what the host sends, backlog what it receives.',
      unit: 'pps',
      columns: 6,
      queries: [{ expression: packets([ofKind, once], 'segment'), legend: '{{segment}}' }],
    }),
    waitGraph({
      title: `${kind} ${segment} wait`,
      description: `All ${kind} devices together. A long tail means: ${longTail}.`,
      columns: 6,
      queries: [
        ...percentiles.map(({ name, quantile }) => ({ expression: wait(quantile, waits), legend: name })),
        { expression: greatestWait(waits), legend: 'max' },
      ],
    }),
    waitGraph({
      title: `${kind} ${segment} p99 by device`,
      description: `Which device has the tail. A long tail means: ${longTail}.`,
      columns: 6,
      queries: [{ expression: wait(0.99, waits, byDevice), legend: deviceLegend }],
    }),
    graph({
      title: `${kind} drops by reason`,
      description: "Packets a second that the kernel dropped on these devices, by the kernel's own reason.",
      unit: 'pps',
      columns: 6,
      queries: [{ expression: drops([ofKind], 'reason'), legend: '{{reason}}' }],
    }).noValue('none dropped'),
  ];
}
