// Catches: a figure missing from a report, text of a result taken for markup, a page that wants the network, an
// interrupted run that looks whole.
import test from 'ava';
import fc from 'fast-check';
import { pathHlog } from '../../../src/bench/report/hlog.js';
import { htmlReport } from '../../../src/bench/report/html.js';
import { markdownReport } from '../../../src/bench/report/markdown.js';
import { percentileKeys, percentileText } from '../../../src/bench/report/percentiles.js';
import { benchText } from '../../../src/bench/report/text.js';
import type { BenchResult } from '../../../src/bench/result/schema.js';
import { figuresFrom, sampleResult, sampleTail } from '../sampleResult.js';
import { sample, whole } from './wholeResult.js';

test('every report has the figures of every path, its drops, its surroundings and what other tools say', (t) => {
  const html = htmlReport(sample());
  const markdown = markdownReport(sample());
  for (const report of [html, markdown])
    for (const figure of [
      '100,000 (99,000 to 101,000)',
      '5,000 (4,990 to 5,010)',
      '4,321',
      'iperf3',
      'performance',
    ])
      t.true(report.replaceAll('\\', '').includes(figure), figure);
  t.regex(benchText(sample()), /veth +100,000 \(99,000 to 101,000\) +100,000 \(99,000 to 101,000\)/);
});

test('the page has a plot for each thing to be seen, and none where nothing was measured', (t) => {
  const titles = (result: BenchResult) =>
    [...htmlReport(result).matchAll(/<figcaption>([^<]*)<\/figcaption>/g)].map(([, title]) => title);
  t.deepEqual(titles(sample()), [
    'End to end at 100,000 packets a second',
    'p50 against the load',
    'p99 against the load',
    'p99.9 against the load',
    'CPU time a packet delivered, vifscope off and on',
    'Dropped just above the rate without loss, by place',
    'Rate without loss over 1 to N flows',
    'CPU time a packet over 1 to N flows',
    'p99 end to end over 1 to N flows',
  ]);
  const nothing = whole('veth', { ceiling: null, cpu: null, tail: null });
  t.deepEqual(titles(sample({ paths: [nothing], scale: [] })), []);
  t.false(htmlReport(sample()).includes('NaN'));
});

test('the page asks for nothing from elsewhere, and runs nothing', (t) => {
  const html = htmlReport(sample());
  t.notRegex(html, /<script|<link|<img|<iframe|javascript:|url\(|https?:|@import/i);
  t.regex(html, /Content-Security-Policy" content="default-src 'none'/);
});

test('a run that is not whole says so first, in each report', (t) => {
  const cut = sample({
    interruption: 'interrupted',
    paths: [
      whole('tap', { state: 'failed', reason: 'its guest has gone', tail: null, ceiling: null, cpu: null }),
    ],
  });
  for (const report of [htmlReport(cut), markdownReport(cut)]) {
    const [first, second] = [report.indexOf('not whole: interrupted'), report.indexOf('its guest has gone')];
    t.true(first > 0 && second > first && second < report.indexOf('The generator alone'));
  }
  t.regex(benchText(cut), /This run is not whole: interrupted\ntap: failed, its guest has gone/);
});

test('a void repeat is left out and told, a void level has no figures', (t) => {
  const reason = 'the generator reached 90 of 100 packets a second';
  const { tail } = whole('veth');
  if (!tail) throw new Error('the sample has a tail');
  const [repeat] = tail.atRate.repeats;
  if (!repeat) throw new Error('the sample has a repeat');
  const voided = { ...repeat, trial: { ...repeat.trial, voidReason: reason, sent: 100, lost: 50 } };
  const result = sample({
    paths: [
      whole('veth', {
        tail: {
          atRate: { ...tail.atRate, repeats: [repeat, voided] },
          overLoad: [{ ...sampleTail([[]], 75), repeats: [voided, voided] }],
        },
      }),
    ],
  });
  const markdown = markdownReport(result);
  t.true(markdown.includes(`veth at the rate: 1 of 2 repeats left out, void: ${reason}`));
  t.true(markdown.includes(`veth at 75 % of its ceiling: no repeat counts, void: ${reason}`));
  t.regex(markdown, /\| veth \| 75 % \| 100,000 \| – \| 0 \| – \| – \| – \| – \| – \| void: the generator/);
  t.regex(markdown, /\| lost at the rate \| 0\.00 % \|/);
});

test('a percentile is shown where ten packets or more are beyond it', (t) => {
  const figures = (count: number) => figuresFrom(Array.from({ length: count }, (_, nth) => 1_000 + nth));
  const shown = (count: number) =>
    percentileKeys.filter((key) => percentileText(figures(count), key) !== '–');
  t.deepEqual(shown(0), []);
  t.deepEqual(shown(19), ['maxNs']);
  t.deepEqual(shown(20), ['p50Ns', 'maxNs']);
  t.deepEqual(shown(999), ['p50Ns', 'p90Ns', 'maxNs']);
  t.deepEqual(shown(1_000), ['p50Ns', 'p90Ns', 'p99Ns', 'maxNs']);
  t.deepEqual(shown(10_000), ['p50Ns', 'p90Ns', 'p99Ns', 'p999Ns', 'maxNs']);
  t.deepEqual(shown(100_000), percentileKeys);
});

test('the spread of the repeats at the rate is a table', (t) => {
  const repeats = [1_000, 2_000, 3_000].map((ns) => Array.from({ length: 1_000 }, () => ns));
  const tail = { atRate: sampleTail(repeats), overLoad: [] };
  const markdown = markdownReport(sample({ paths: [whole('veth', { tail })] }));
  t.regex(markdown, /End to end over the repeats at the rate/);
  t.regex(markdown, /\| veth \| 3 \| 2\.0+ µs \(1\.0+ µs to 3\.0+ µs\)/);
});

test('text of a result is never markup, nor does it leave its cell', (t) => {
  const texts = fc.oneof(
    fc.string(),
    fc.constantFrom('<script>alert(1)</script>', '"><b>', "' onload='", '|\n|', ']]>'),
  );
  const property = fc.property(texts, texts, texts, (name, reason, setting) => {
    const hostile = sample({
      host: { ...sampleResult().host, hostname: name },
      paths: [whole(`p${name}`, { reason, settings: { [`s${setting}`]: setting } })],
      surroundings: { [`k${name}`]: reason },
      scale: [],
    });
    const plain = sample({
      paths: [whole('plain', { reason: 'r', settings: { s: 'x' } })],
      surroundings: { k: 'r' },
      scale: [],
    });
    const tags = (html: string) =>
      [...html.matchAll(/<[a-z/!][^>]*>/gi)].map(([tag]) => /^<[a-z/!]+/i.exec(tag)?.[0]);
    t.deepEqual(tags(htmlReport(hostile)), tags(htmlReport(plain)));
    const lines = (text: string) =>
      text.split('\n').map((line) => line.replace(/\\./g, '').split('|').length);
    t.deepEqual(lines(markdownReport(hostile)), lines(markdownReport(plain)));
  });
  fc.assert(property, { numRuns: 100 });
});

test('the log has a tag for each load, segment and end to end', (t) => {
  const log = pathHlog(sample(), whole('tun')) ?? '';
  const tags = [...log.matchAll(/^Tag=([^,]*)/gm)].map(([, tag]) => tag);
  t.deepEqual(tags, [
    'rate/tun/end_to_end',
    'rate/veth1/backlog',
    '50%25/tun/end_to_end',
    '50%25/veth1/backlog',
    '90%25/tun/end_to_end',
    '90%25/veth1/backlog',
  ]);
  t.is(pathHlog(sample(), whole('tun', { tail: null })), null);
});
