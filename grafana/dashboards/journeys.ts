// Journeys: how long followed packets took from device to device, and how many of them could be told apart.
import { legs } from '../../src/measure/snapshot.js';
import { labelVariable, page, withRows } from '../page.js';
import { graph, heat, waitGraph } from '../panels.js';
import { greatestOf, max, percentileOf, percentiles, rate, series, sum } from '../promql.js';

const histogram = 'vifscope_leg_latency_seconds';
const chosen = ['leg=~"$leg"', 'from=~"$from"', 'to=~"$to"'];
const byPair = 'instance, leg, from, to';
const pairLegend = '{{instance}} {{leg}} {{from}} → {{to}}';
const notFollowed = 'no packet is followed (journeys.every)';
const meaning = `${legs.slice(0, -1).join(', ')}: user space's own time with a packet; ${legs.at(-1)}: first hook to last.`;

const choices = [
  labelVariable('leg', 'Leg', series(`${histogram}_count`)),
  labelVariable('from', 'From', series(`${histogram}_count`, ...chosen.slice(0, 1))),
  labelVariable('to', 'To', series(`${histogram}_count`, ...chosen.slice(0, 2))),
];

const followed = [
  graph({
    title: 'Journeys by outcome',
    description:
      'Followed packets a second. Whole ones make legs; of partial ones only a part was seen; ambiguous ones had ' +
      'the content of another packet under way; evicted ones made room.',
    unit: 'pps',
    columns: 8,
    queries: [
      {
        expression: sum(rate('vifscope_journeys_total'), 'instance, outcome'),
        legend: '{{instance}} {{outcome}}',
      },
    ],
  }).noValue(notFollowed),
  graph({
    title: 'One packet in',
    description: 'How many packets there are for each one that is followed; it rises under overload.',
    unit: 'short',
    columns: 8,
    queries: [{ expression: max(series('vifscope_journeys_every'), 'instance'), legend: '{{instance}}' }],
  }).noValue(notFollowed),
  graph({
    title: 'Events without use',
    description:
      'Events a second for which there was no room, and events of packets that have no content to be told by.',
    unit: 'ops',
    columns: 8,
    queries: [
      {
        expression: sum(rate('vifscope_journey_events_lost_total'), 'instance'),
        legend: '{{instance}} lost',
      },
      {
        expression: sum(rate('vifscope_journey_events_unrecognisable_total'), 'instance'),
        legend: '{{instance}} unrecognisable',
      },
    ],
  }).noValue(notFollowed),
];

const ofLeg = [
  heat({
    title: '$leg: distribution',
    description: `How many followed packets took how long. ${meaning}`,
    unit: 's',
    columns: 12,
    queries: [{ expression: sum(rate(`${histogram}_bucket`, ...chosen), 'le'), legend: '{{le}}' }],
  }).noValue(notFollowed),
  waitGraph({
    title: '$leg: percentiles',
    description: `The chosen pairs together. ${meaning}`,
    columns: 12,
    queries: [
      ...percentiles.map(({ name, quantile }) => ({
        expression: percentileOf(histogram, quantile, chosen),
        legend: name,
      })),
      { expression: greatestOf('vifscope_leg_latency_max_seconds', chosen), legend: 'max' },
    ],
  }).noValue(notFollowed),
  waitGraph({
    title: '$leg: p99 by pair',
    description: `Between which devices the tail is. ${meaning}`,
    columns: 12,
    queries: [{ expression: percentileOf(histogram, 0.99, chosen, byPair), legend: pairLegend }],
  }).noValue(notFollowed),
  graph({
    title: '$leg: packets by pair',
    description: 'Followed packets a second that had this leg.',
    unit: 'pps',
    columns: 12,
    queries: [{ expression: sum(rate(`${histogram}_count`, ...chosen), byPair), legend: pairLegend }],
  }).noValue(notFollowed),
];

const journeysPage = choices.reduce(
  (dashboard, choice) => dashboard.withVariable(choice),
  page('vifscope-journeys', 'vifscope / Journeys', 'Followed packets from device to device.'),
);

export const journeys = withRows(journeysPage, [
  { title: null, panels: followed },
  { title: '$leg', repeat: 'leg', panels: ofLeg },
]);
