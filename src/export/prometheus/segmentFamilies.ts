// The metrics of which each device-segment has its own: nearly all of a scrape, so their lines are written as bytes and
// not by prom-client, which takes 4 µs a line: with 200 segments of 45 bounds twice as long as a scrape may take.
import { outcomes } from '../../measure/increment.js';
import type { SegmentLabels, SegmentSeries, SeriesReading } from '../../measure/series.js';
import { goFloat } from './goFloat.js';
import { labelText } from './labelText.js';
import type { TextPage } from './textPage.js';

/** What is told of a metric before its lines. */
export interface FamilyHead {
  readonly name: string;
  readonly help: string;
  readonly type: 'histogram' | 'gauge' | 'counter';
}

interface EncodedLabels {
  /** device="veth0",…,segment="backlog" */
  readonly labels: Uint8Array;
  /** The same, and what stands between labels and value. */
  readonly closedLabels: Uint8Array;
}

interface Labelled extends EncodedLabels {
  readonly series: SegmentSeries;
}

interface SegmentFamily extends FamilyHead {
  readonly writeLines: (page: TextPage, segments: readonly Labelled[], boundsNs: readonly number[]) => void;
}

const nsPerSecond = 1e9;
const stampOutcomes = [...outcomes, 'matched'] as const;
const latency = 'vifscope_segment_latency_seconds';
const stamps = 'vifscope_stamps_total';
const closing = '} ';
const encoded = (text: string): Uint8Array => Buffer.from(text);

/** Writes all of them, each with its head. */
export function writeSegmentFamilies(page: TextPage, { segments, boundsNs }: SeriesReading): void {
  const labelled = segments.map((series): Labelled => {
    const { labels, closedLabels } = encodedOf(series.labels);
    return { series, labels, closedLabels };
  });
  for (const { name, help, type, writeLines } of segmentFamilies) {
    page.text(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`);
    writeLines(page, labelled, boundsNs);
    page.endLine();
  }
}

const encodedLabels = new WeakMap<SegmentLabels, EncodedLabels>();

function encodedOf(labels: SegmentLabels): EncodedLabels {
  const known = encodedLabels.get(labels);
  if (known) return known;
  const { device, netns, kind, segment } = labels;
  const closedLabels = encoded(`${labelText({ device, netns, kind, segment })}${closing}`);
  const made = { closedLabels, labels: closedLabels.subarray(0, -closing.length) };
  encodedLabels.set(labels, made);
  return made;
}

function writeLine(page: TextPage, beginning: Uint8Array, ending: Uint8Array, value: number): void {
  page.bytes(beginning);
  page.bytes(ending);
  page.number(value);
  page.endLine();
}

const sumBeginning = encoded(`${latency}_sum{`);
const countBeginning = encoded(`${latency}_count{`);

function writeHistograms(page: TextPage, segments: readonly Labelled[], boundsNs: readonly number[]): void {
  const bounds = [...boundsNs.map((bound) => bound / nsPerSecond), Number.POSITIVE_INFINITY];
  const beginnings = bounds.map((bound) => encoded(`${latency}_bucket{le="${goFloat(bound)}",`));
  for (const { series, closedLabels } of segments) {
    let upTo = 0;
    beginnings.forEach((beginning, place) => {
      upTo += series.counts[place] ?? 0;
      writeLine(page, beginning, closedLabels, upTo);
    });
    writeLine(page, sumBeginning, closedLabels, series.sumNs / nsPerSecond);
    writeLine(page, countBeginning, closedLabels, series.matched);
  }
}

/** One line a series, where it has a value. */
function single(name: string, pick: (series: SegmentSeries) => number | null) {
  const beginning = encoded(`${name}{`);
  const writeLines = (page: TextPage, segments: readonly Labelled[]) => {
    for (const { series, closedLabels } of segments) {
      const value = pick(series);
      if (value !== null) writeLine(page, beginning, closedLabels, value);
    }
  };
  return { name, writeLines };
}

const stampsBeginning = encoded(`${stamps}{`);
const outcomeEndings = stampOutcomes.map(
  (outcome) => [outcome, encoded(`,outcome="${outcome}"${closing}`)] as const,
);

function writeStamps(page: TextPage, segments: readonly Labelled[]): void {
  for (const { series, labels } of segments)
    for (const [outcome, ending] of outcomeEndings) {
      page.bytes(stampsBeginning);
      writeLine(page, labels, ending, series[outcome]);
    }
}

export const segmentFamilies: readonly SegmentFamily[] = [
  {
    name: latency,
    help: 'How long packets waited in a segment of a device, in seconds; every packet is counted.',
    type: 'histogram',
    writeLines: writeHistograms,
  },
  {
    ...single('vifscope_segment_latency_max_seconds', ({ maxNs }) =>
      maxNs === null ? null : maxNs / nsPerSecond,
    ),
    help: 'The longest wait of the last while (metrics.max_window), exactly, in seconds.',
    type: 'gauge',
  },
  {
    name: stamps,
    help: 'Packets that began to wait in a segment, and what became of them; unmatched are ends without a start.',
    type: 'counter',
    writeLines: writeStamps,
  },
  {
    ...single('vifscope_in_flight_packets', ({ inFlight }) => inFlight),
    help: 'Packets that wait in a segment now.',
    type: 'gauge',
  },
];
