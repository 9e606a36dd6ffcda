// Lines of metrics of which there are many series: nearly all of a scrape, so they are written as bytes and not by
// prom-client, which takes 4 µs a line: with 200 segments of 45 bounds twice as long as a scrape may take.
import type { LatencySeries } from '../../measure/series.js';
import { goFloat } from './goFloat.js';
import { labelText } from './labelText.js';
import type { TextPage } from './textPage.js';

/** What is told of a metric before its lines. */
export interface FamilyHead {
  readonly name: string;
  readonly help: string;
  readonly type: 'histogram' | 'gauge' | 'counter';
}

type Labels = Readonly<Record<string, string>>;

interface EncodedLabels {
  /** device="veth0",…,segment="backlog" */
  readonly labels: Uint8Array;
  /** The same, and what stands between labels and value. */
  readonly closedLabels: Uint8Array;
}

interface Labelled<Series> extends EncodedLabels {
  readonly series: Series;
}

/** A metric, and how its lines are written of all series. */
export interface LineFamily<Series> extends FamilyHead {
  readonly writeLines: (
    page: TextPage,
    rows: readonly Labelled<Series>[],
    boundsNs: readonly number[],
  ) => void;
}

const nsPerSecond = 1e9;
const closing = '} ';
const encoded = (text: string): Uint8Array => Buffer.from(text);

/** Writes all of them, each with its head. */
export function writeFamilies<Series extends { readonly labels: Labels }>(
  page: TextPage,
  families: readonly LineFamily<Series>[],
  allSeries: readonly Series[],
  boundsNs: readonly number[],
): void {
  const rows = allSeries.map((series): Labelled<Series> => {
    const { labels, closedLabels } = encodedOf(series.labels);
    return { series, labels, closedLabels };
  });
  for (const { name, help, type, writeLines } of families) {
    page.text(`# HELP ${name} ${help}\n# TYPE ${name} ${type}\n`);
    writeLines(page, rows, boundsNs);
    page.endLine();
  }
}

const encodedLabels = new WeakMap<Labels, EncodedLabels>();

function encodedOf(labels: Labels): EncodedLabels {
  const known = encodedLabels.get(labels);
  if (known) return known;
  const closedLabels = encoded(`${labelText(labels)}${closing}`);
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

/** The lines with _bucket, _sum and _count, in seconds. */
export function histogram(name: string) {
  const sumBeginning = encoded(`${name}_sum{`);
  const countBeginning = encoded(`${name}_count{`);
  const writeLines = (
    page: TextPage,
    rows: readonly Labelled<LatencySeries<Labels>>[],
    boundsNs: readonly number[],
  ) => {
    const bounds = [...boundsNs.map((bound) => bound / nsPerSecond), Number.POSITIVE_INFINITY];
    const beginnings = bounds.map((bound) => encoded(`${name}_bucket{le="${goFloat(bound)}",`));
    for (const { series, closedLabels } of rows) {
      let upTo = 0;
      beginnings.forEach((beginning, place) => {
        upTo += series.counts[place] ?? 0;
        writeLine(page, beginning, closedLabels, upTo);
      });
      writeLine(page, sumBeginning, closedLabels, series.sumNs / nsPerSecond);
      writeLine(page, countBeginning, closedLabels, series.matched);
    }
  };
  return { name, type: 'histogram', writeLines } as const;
}

/** One line a series, where it has a value. */
export function single<Series>(name: string, pick: (series: Series) => number | null) {
  const beginning = encoded(`${name}{`);
  const writeLines = (page: TextPage, rows: readonly Labelled<Series>[]) => {
    for (const { series, closedLabels } of rows) {
      const value = pick(series);
      if (value !== null) writeLine(page, beginning, closedLabels, value);
    }
  };
  return { name, writeLines };
}

/** The greatest of the last while, in seconds. */
export const maximum = (name: string) =>
  single(name, ({ maxNs }: LatencySeries<Labels>) => (maxNs === null ? null : maxNs / nsPerSecond));

/** One line a series and value of one more label. */
export function perLabel<Series, Value extends string>(
  name: string,
  label: string,
  values: readonly Value[],
  pick: (series: Series, value: Value) => number,
) {
  const beginning = encoded(`${name}{`);
  const endings = values.map((value) => [value, encoded(`,${label}="${value}"${closing}`)] as const);
  const writeLines = (page: TextPage, rows: readonly Labelled<Series>[]) => {
    for (const { series, labels } of rows)
      for (const [value, ending] of endings) {
        page.bytes(beginning);
        writeLine(page, labels, ending, pick(series, value));
      }
  };
  return { name, writeLines };
}
