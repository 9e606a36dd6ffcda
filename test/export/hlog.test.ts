import test from 'ava';
import fc from 'fast-check';
import { HistogramLogReader, listTags } from 'hdr-histogram-js';
import { snapshotHlog, tagOf } from '../../src/export/hlog.js';
import { figures, sampleSnapshot, segmentLine } from './sampleSnapshot.js';

test("HdrHistogram's reader finds every interval with its tag, time and counts", (t) => {
  const segments = [
    segmentLine({ segment: 'qdisc' }, 830, 900, 12_000_000),
    segmentLine({ segment: 'backlog', netns: 'net:[12]' }, 5000, 2 ** 36),
    segmentLine({ segment: 'driver' }),
  ];
  const log = snapshotHlog(sampleSnapshot({ segments, durationSeconds: 2.5 }));
  t.deepEqual(listTags(log), segments.map(tagOf));

  const reader = new HistogramLogReader(log, 64, false);
  const startedAtMs = Date.parse('2026-01-02T03:04:05.678Z');
  for (const line of segments) {
    const interval = reader.nextIntervalHistogram();
    t.is(interval?.tag, tagOf(line));
    t.is(interval?.totalCount, line.count);
    t.is(Math.round(interval?.startTimeStampMsec ?? 0), startedAtMs);
    t.is(Math.round(interval?.endTimeStampMsec ?? 0), startedAtMs + 2500);
  }
  t.is(reader.nextIntervalHistogram(), null);
});

test('how many packets were followed is a comment, which a reader passes over', (t) => {
  const segments = [segmentLine({}, 1_000)];
  const legs = [{ from: 'host/tun0', to: 'a/tun1', leg: 'forwarder' as const, ...figures(5_000, 6_000) }];
  const journeys = {
    ...{
      every: 2,
      everyLeast: 1,
      everyMost: 4,
      begun: 2,
      whole: 2,
      partial: 0,
      ambiguous: 0,
      overlong: 0,
      evicted: 0,
    },
    ...{ lostEvents: 0, unrecognisable: 0, unreturned: [] },
  };
  const log = snapshotHlog(sampleSnapshot({ segments, legs, journeys }));
  t.true(log.includes('\n#[Journeys: one packet in 1 to 4, in 2 at the end]\nTag=host%2Ftun0'));
  const reader = new HistogramLogReader(log, 64);
  const read = [0, 1, 2].map(() => reader.nextIntervalHistogram()?.totalCount);
  t.deepEqual(read, [1, 2, undefined]);
  t.false(snapshotHlog(sampleSnapshot({ segments })).includes('Journeys'));
});

test('percentiles survive the log', (t) => {
  const line = segmentLine({}, ...Array.from({ length: 1000 }, (_, i) => 1000 + 10 * i));
  const interval = new HistogramLogReader(
    snapshotHlog(sampleSnapshot({ segments: [line] })),
    64,
  ).nextIntervalHistogram();
  t.is(interval?.getValueAtPercentile(50), line.p50Ns ?? -1);
  t.is(interval?.getValueAtPercentile(90), line.p90Ns ?? -1);
});

test('the maximum is exact and in milliseconds, and the header has no line that a reader would stumble over', (t) => {
  const lines = snapshotHlog(sampleSnapshot({ segments: [segmentLine({}, 12_345_678)] })).split('\n');
  t.regex(lines[4] ?? '', /^Tag=host\/veth0\/backlog,0\.000,5\.000,12\.345678,[A-Za-z0-9+/=]+$/);
  t.true(lines.slice(0, 3).every((line) => line.startsWith('#[')));
  t.is(lines[2], '#[StartTime: 1767323045.678 (seconds since epoch), 2026-01-02T03:04:05.678Z]');
  t.is(lines[5], '');
});

test('any name makes a tag that a reader takes whole, and no two names make the same', (t) => {
  const name = fc.string({
    unit: fc.oneof(
      fc.constantFrom(',', ' ', '\n', '\r', '\t', '/', '%', '"', '#', '=', 'é', '\u2028'),
      fc.string(),
    ),
    minLength: 1,
  });
  const line = (device: string, netns: string) => segmentLine({ device, netns }, 1);
  fc.assert(
    fc.property(name, name, (device, netns) => {
      const segments = [line(device, netns), line('last', 'host')];
      const log = snapshotHlog(sampleSnapshot({ segments }));
      const tags = segments.map(tagOf);
      const reader = new HistogramLogReader(log, 64);
      const read = tags.map(() => reader.nextIntervalHistogram()?.tag);
      return /^[!-+\--~]+$/.test(tags[0] ?? '') && read.join() === tags.join();
    }),
  );
  fc.assert(
    fc.property(name, name, name, name, (a, b, c, d) => {
      const isSame = a === c && b === d;
      return (tagOf(line(a, b)) === tagOf(line(c, d))) === isSame;
    }),
  );
  t.not(tagOf(line('a,b', 'host')), tagOf(line('a%2Cb', 'host')));
});
