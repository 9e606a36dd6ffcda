// Catches: a figure missing from a report, text of a result taken for markup, a page that wants the network, an
// interrupted run that looks whole.
import test from 'ava';
import fc from 'fast-check';
import { pathHlog } from '../../../src/bench/report/hlog.js';
import { htmlReport } from '../../../src/bench/report/html.js';
import { markdownReport } from '../../../src/bench/report/markdown.js';
import { benchText } from '../../../src/bench/report/text.js';
import type { BenchResult } from '../../../src/bench/result/schema.js';
import { sampleResult } from '../sampleResult.js';
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
  t.regex(benchText(sample()), /veth +100,000 +100,000/);
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
