// Watches the service from outside: its CPU time and memory as the kernel has them, its scrapes as a scraper has them.
import { readFileSync } from 'node:fs';

/** USER_HZ of every Linux that Node runs on. */
const ticksPerSecond = 100;

export interface ProcessSample {
  readonly atSeconds: number;
  readonly cpuSeconds: number;
  readonly residentBytes: number;
}

export function sampleProcess(pid: number): ProcessSample {
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  // The name before it is in parentheses and may hold spaces.
  const fields = stat.slice(stat.lastIndexOf(') ') + 2).split(' ');
  const [userTicks, systemTicks] = [Number(fields[11]), Number(fields[12])];
  const [, residentKb] = /^VmRSS:\s*(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'latin1')) ?? [];
  return {
    atSeconds: performance.now() / 1_000,
    cpuSeconds: (userTicks + systemTicks) / ticksPerSecond,
    residentBytes: Number(residentKb) * 1_024,
  };
}

export interface Scrape {
  /** From request to text, as the scraper has it: the text is carried and decompressed too. */
  readonly seconds: number;
  /** Of the scrape before, as the service has it: reading, text and compression; null for its first. */
  readonly serviceSeconds: number | null;
  readonly series: number;
  readonly deviceSegments: number;
  /** Counters by name and labels. */
  readonly counters: ReadonlyMap<string, number>;
}

/** Scrapes as Prometheus does, compressed. */
export async function scrape(url: string): Promise<Scrape> {
  const startedMs = performance.now();
  const answer = await fetch(`${url}/metrics`, { headers: { 'Accept-Encoding': 'gzip' } });
  const text = await answer.text();
  const seconds = (performance.now() - startedMs) / 1_000;
  if (!answer.ok) throw new Error(`the scrape was answered with ${answer.status}: ${text}`);
  const lines = text.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  const counters = new Map<string, number>();
  for (const line of lines) {
    const end = line.lastIndexOf(' ');
    if (/_(total|count|sum|bucket)(\{|$)/.test(line.slice(0, end)))
      counters.set(line.slice(0, end), Number(line.slice(end + 1)));
  }
  const deviceSegments = lines.filter((line) =>
    line.startsWith('vifscope_segment_latency_seconds_count'),
  ).length;
  const [, own] = /^vifscope_scrape_duration_seconds (.*)$/m.exec(text) ?? [];
  const serviceSeconds = own === undefined ? null : Number(own);
  return { seconds, serviceSeconds, series: lines.length, deviceSegments, counters };
}

/** Counters that are there twice, with a smaller value the second time. */
export const wentBack = (before: Scrape['counters'], after: Scrape['counters']): string[] =>
  [...before].filter(([name, value]) => (after.get(name) ?? value) < value).map(([name]) => name);
