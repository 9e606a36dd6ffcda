import test from 'ava';
import fc from 'fast-check';
import { distributionPlot, plotLeastWidth } from '../../src/export/plot.js';
import { longestTail } from '../../src/export/rows.js';
import { figuresOf } from '../../src/measure/histogram.js';
import { recorded, sampleSnapshot, segmentLine } from './sampleSnapshot.js';

const plotted = (latenciesNs: readonly number[], width = 100): string[] =>
  // Not as arguments: there are too many for the stack.
  distributionPlot(segmentLine(figuresOf(recorded(latenciesNs))), width, false).split('\n');

const repeated = (ns: number, times: number): number[] => new Array(times).fill(ns);

/** Where the bar rows have anything, as columns of the text. */
const barColumns = (lines: readonly string[]): number[] =>
  [...(lines[6] ?? '')].flatMap((character, column) => (/[▁-█]/.test(character) ? [column] : []));

/** Where a mark's arrow points. */
function arrowOf(lines: readonly string[], name: string): number {
  for (const line of lines.slice(9)) {
    const match = new RegExp(`▲ ${name} |(?<=${name} [^▲]*)▲`).exec(line);
    if (match !== null) return match.index;
  }
  return -1;
}

test('one packet of the tail shows beside 100,000 others', (t) => {
  const lines = plotted([...repeated(5000, 100_000), 200_000_000]);
  const columns = barColumns(lines);
  t.is(columns.length, 2);
  t.true((columns[1] ?? 0) - (columns[0] ?? 0) > 60);
  t.true(lines[1]?.includes('100,000 ┤'));
  t.true(lines[1]?.includes('█'));
  // ln(1 + 1) / ln(1 + 100,000) of six rows of eight eighths
  t.is(lines[6]?.[columns[1] ?? 0], '▃');
  t.is(lines[5]?.slice(columns[1]), '');
});

test('a bucket that is wider than a column is shared out over its columns', (t) => {
  const lines = plotted([...repeated(1, 1000), 9]);
  const most = Number(/(\d+) ┤/.exec(lines[1] ?? '')?.[1]);
  // From 1 ns up to 2 ns is 30 percent of a decade in some 90 columns.
  t.true(most >= 1000 / 30 && most <= 1000 / 25, `${most}`);
  const columns = barColumns(plotted([1, ...repeated(9, 100_000)]));
  t.true(columns.filter((column) => column < 50).length >= 25);
});

test('the marks point at the bars of their latencies, and name them', (t) => {
  const lines = plotted([...repeated(5000, 9985), ...repeated(60_000, 14), 300_000_000]);
  const [ordinary, slow, slowest] = barColumns(lines);
  t.deepEqual(
    [arrowOf(lines, 'p50'), arrowOf(lines, 'p99.9'), arrowOf(lines, 'max')],
    [ordinary, slow, slowest],
  );
  const marks = lines.slice(9).join('\n');
  for (const text of [/p50 5\.0\d µs/, /p99\.9 60\.\d µs/, /max 300 ms ▲/]) t.regex(marks, text);
});

test('ticks are round latencies at the column of a bar of the same latency', (t) => {
  const lines = plotted([1000, 1_000_000, 10_000_000]);
  const ticks = [...(lines[7] ?? '')].flatMap((character, column) => (character === '┬' ? [column] : []));
  t.deepEqual(lines[8]?.trim().split(/ {2,}/), ['1 µs', '10 µs', '100 µs', '1 ms', '10 ms']);
  t.deepEqual(barColumns(lines), [ticks[0], ticks[3], ticks[4]]);
});

test('any samples fit into the width, with all four marks', (t) => {
  const ns = fc
    .tuple(fc.nat(36), fc.double({ min: 1, max: 2, noNaN: true }))
    .map(([b, f]) => Math.floor(2 ** b * f));
  fc.assert(
    fc.property(
      fc.array(ns, { minLength: 1, maxLength: 30 }),
      fc.integer({ min: 100, max: 300 }),
      (samples, width) => {
        const lines = plotted([0, ...samples].slice(samples.length % 2), width);
        const hasMarks = ['p50', 'p99', 'p99.9', 'max'].every((name) => arrowOf(lines, name) > 0);
        return hasMarks && barColumns(lines).length > 0 && lines.every((line) => [...line].length <= width);
      },
    ),
  );
  t.pass();
});

test('there is no plot without a sample or without room', (t) => {
  t.is(distributionPlot(segmentLine(), 200, false), '');
  t.is(distributionPlot(segmentLine({}, 1), plotLeastWidth - 1, false), '');
});

test('a device name cannot break the title', (t) => {
  const [title] = distributionPlot(segmentLine({ device: '\u001b[2J\n' }, 1), 100, false).split('\n');
  t.true(title?.startsWith('\\x1b[2J\\x0a (host) backlog'));
});

test('the longest tail is the line with the greatest 99.9th percentile', (t) => {
  const segments = [
    segmentLine({ segment: 'qdisc' }, ...repeated(1000, 9999), 900_000_000),
    segmentLine({ segment: 'driver' }, ...repeated(2000, 10)),
    segmentLine({ segment: 'backlog' }),
  ];
  t.is(longestTail(sampleSnapshot({ segments }))?.segment, 'driver');
  t.is(longestTail(sampleSnapshot({ segments: [segmentLine()] })), null);
});
