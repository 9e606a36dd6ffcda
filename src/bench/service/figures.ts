// From what was watched to figures: CPU between scrapes, scrapes, memory early and late.
import type { ProcessSample, Scrape } from './observe.js';

export interface Watched {
  /** Two samples around each pause between two scrapes. */
  readonly betweenScrapes: readonly (readonly ProcessSample[])[];
  readonly scrapes: readonly Scrape[];
  readonly churnedPairs: number;
}

export interface ServiceFigures {
  /** CPU seconds a second between scrapes: median over the pauses. */
  readonly cpuBetweenScrapes: number;
  readonly scrapeSeconds: { readonly median: number; readonly max: number };
  /** As the service has it. */
  readonly serviceScrapeSeconds: { readonly median: number; readonly max: number };
  readonly deviceSegments: number;
  readonly series: number;
  /** At each pause's end, in MB. */
  readonly residentMb: { readonly first: number; readonly afterTwoMinutes: number; readonly last: number };
  readonly scrapes: number;
  readonly churnedPairs: number;
}

const twoMinutesSeconds = 120;

/** The first scrape compiles code: it is left out where there are others. */
export function serviceFigures({ betweenScrapes, scrapes, churnedPairs }: Watched): ServiceFigures {
  const cpu = betweenScrapes.map(([start, end]) =>
    start && end ? (end.cpuSeconds - start.cpuSeconds) / (end.atSeconds - start.atSeconds) : Number.NaN,
  );
  const ends = betweenScrapes.flatMap((samples) => samples.at(-1) ?? []);
  const startSeconds = betweenScrapes[0]?.[0]?.atSeconds ?? 0;
  const afterTwoMinutes =
    ends.find(({ atSeconds }) => atSeconds - startSeconds >= twoMinutesSeconds) ?? ends.at(-1);
  const warm = scrapes.slice(scrapes.length > 1 ? 1 : 0).map(({ seconds }) => seconds);
  // Each tells of the one before it.
  const own = scrapes.slice(scrapes.length > 2 ? 2 : 0).flatMap(({ serviceSeconds }) => serviceSeconds ?? []);
  const mb = (sample: ProcessSample | undefined) => (sample?.residentBytes ?? Number.NaN) / 1e6;
  return {
    cpuBetweenScrapes: median(cpu),
    scrapeSeconds: { median: median(warm), max: Math.max(...warm) },
    serviceScrapeSeconds: { median: median(own), max: Math.max(...own) },
    deviceSegments: scrapes.at(-1)?.deviceSegments ?? 0,
    series: scrapes.at(-1)?.series ?? 0,
    residentMb: { first: mb(ends[0]), afterTwoMinutes: mb(afterTwoMinutes), last: mb(ends.at(-1)) },
    scrapes: scrapes.length,
    churnedPairs,
  };
}

export function serviceText(figures: ServiceFigures): string {
  const { cpuBetweenScrapes, scrapeSeconds, serviceScrapeSeconds: own } = figures;
  const { residentMb, deviceSegments, series, scrapes, churnedPairs } = figures;
  const ms = (seconds: number) => `${(seconds * 1_000).toFixed(1)} ms`;
  const growth = (residentMb.last / residentMb.afterTwoMinutes - 1) * 100;
  return [
    `CPU between scrapes   ${(cpuBetweenScrapes * 100).toFixed(2)} % of one core (median)`,
    `scrape                ${ms(scrapeSeconds.median)} median, ${ms(scrapeSeconds.max)} max, of ${scrapes}`,
    `  in the service      ${ms(own.median)} median, ${ms(own.max)} max`,
    `exposed               ${deviceSegments} device-segments, ${series} lines`,
    `resident              ${residentMb.first.toFixed(1)} MB at first, ${residentMb.afterTwoMinutes.toFixed(1)} after two minutes, ${residentMb.last.toFixed(1)} at the end (${growth.toFixed(1)} %)`,
    `pairs come and gone   ${churnedPairs}`,
    '',
  ].join('\n');
}

/** @param values one or more; the greater of the middle two */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
