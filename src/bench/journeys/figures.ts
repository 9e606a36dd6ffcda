// From rounds of playing back to figures: medians and spread, and what was made of the events.
import { countText } from '../../export/latencyText.js';
import type { Spread } from '../cost/figures.js';
import type { Replayed, Round } from './replay.js';

export interface JourneysFigures extends Pick<Replayed, 'summary' | 'legs'> {
  readonly rounds: number;
  readonly eventsARound: number;
  readonly eventsASecond: Spread;
  readonly eventsACpuSecond: Spread;
  readonly heapMegabytes: Spread;
  readonly bufferMegabytes: Spread;
  readonly residentMegabytes: Spread;
}

export const targetEventsASecond = 1_000_000;

export function journeysFigures({ rounds, summary, legs }: Replayed): JourneysFigures {
  const spread = (value: (round: Round) => number) => spreadOf(rounds.map(value));
  return {
    rounds: rounds.length,
    eventsARound: rounds[0]?.events ?? 0,
    eventsASecond: spread(({ events, seconds }) => events / seconds),
    eventsACpuSecond: spread(({ events, cpuSeconds }) => events / cpuSeconds),
    heapMegabytes: spread(({ heapBytes }) => heapBytes / 1e6),
    bufferMegabytes: spread(({ bufferBytes }) => bufferBytes / 1e6),
    residentMegabytes: spread(({ residentBytes }) => residentBytes / 1e6),
    summary,
    legs,
  };
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (index: number) => sorted.at(index) ?? Number.NaN;
  return { median: at(Math.floor(sorted.length / 2)), min: at(0), max: at(-1) };
}

export function journeysText(figures: JourneysFigures): string {
  const { rounds, eventsARound, eventsASecond, summary, legs } = figures;
  const verdict = eventsASecond.median >= targetEventsASecond ? 'met' : 'missed';
  return [
    `${countText(eventsARound)} recorded events, played back ${rounds} times on one thread: median (min to max)`,
    '',
    `events a second      ${millionsText(eventsASecond)}; target ${countText(targetEventsASecond)}: ${verdict}`,
    `events a CPU second  ${millionsText(figures.eventsACpuSecond)}, with what the runtime's own threads do`,
    `heap                 ${megabytesText(figures.heapMegabytes)}`,
    `buffers              ${megabytesText(figures.bufferMegabytes)}`,
    `resident             ${megabytesText(figures.residentMegabytes)}, with the recording`,
    '',
    `journeys             ${countText(summary.begun)}: ${countText(summary.whole)} whole, ${countText(summary.partial)} partial, ` +
      `${countText(summary.ambiguous)} ambiguous, ${countText(summary.evicted)} given up for want of room`,
    `entries in histograms ${countText(legs)}`,
    '',
  ].join('\n');
}

const millionsText = ({ median, min, max }: Spread): string =>
  `${(median / 1e6).toFixed(2)} (${(min / 1e6).toFixed(2)} to ${(max / 1e6).toFixed(2)}) million`;
const megabytesText = ({ median, min, max }: Spread): string =>
  `${median.toFixed(1)} (${min.toFixed(1)} to ${max.toFixed(1)}) MB`;
