import { stripVTControlCharacters } from 'node:util';
import test from 'ava';
import { type FrameOptions, frameOf } from '../../src/export/frame.js';
import type { Snapshot } from '../../src/measure/snapshot.js';
import { sampleSnapshot, segmentLine } from './sampleSnapshot.js';

const render = (parts: Partial<Snapshot>, options: Partial<FrameOptions> = {}): string[] =>
  frameOf(sampleSnapshot({ hooks: [], ...parts }), {
    percentiles: [50, 99.9],
    width: Number.POSITIVE_INFINITY,
    height: Number.POSITIVE_INFINITY,
    color: false,
    order: 'p99.9',
    ...options,
  })
    .trimEnd()
    .split('\n');

/** The first waits the longest at most, the second in the middle, the third is the most. */
const segments = [
  segmentLine({ device: 'a', ifindex: 1 }, 10, 10, 10, 9_000),
  segmentLine({ device: 'b', ifindex: 2 }, 500, 500),
  segmentLine({ device: 'c', ifindex: 3 }, 20, 20, 20, 20, 20),
];
const devicesOf = (lines: readonly string[]) => lines.slice(2, 5).map((line) => line[0]);

test('the longest tails stand first, or what else is asked for', (t) => {
  t.deepEqual(devicesOf(render({ segments })), ['a', 'b', 'c']);
  t.deepEqual(devicesOf(render({ segments }, { order: 'p50' })), ['b', 'c', 'a']);
  t.deepEqual(devicesOf(render({ segments }, { order: 'packets' })), ['c', 'a', 'b']);
  t.deepEqual(devicesOf(render({ segments: segments.toReversed() }, { order: 'device' })), ['c', 'b', 'a']);
});

test('the heading says when the interval ended, how long it was and what it holds', (t) => {
  const [heading = ''] = render({ segments, startedAt: '2026-01-02T03:04:05.678Z', durationSeconds: 1.25 });
  t.regex(heading, /^\d\d:\d\d:06\.928 {2}bench {2}3 segments in 1\.25 s$/);
});

test('a terminal is never scrolled: the shortest tails are left out, and the heading says so', (t) => {
  const many = Array.from({ length: 60 }, (_, at) => segmentLine({ device: `d${at}`, ifindex: at }, 10 + at));
  for (const height of [5, 10, 30, 62, 63, 70]) {
    const lines = render({ segments: many }, { height, width: 80 });
    t.true(lines.length <= height - 1, `${height}`);
    const rows = lines.filter((line) => /^d\d/.test(line)).length;
    t.is(rows, Math.min(60, height - 3));
    const which = rows < 60 ? `the first ${rows} of 60 segments` : '60 segments';
    t.true(lines[0]?.includes(which), lines[0]);
    t.true(lines[2]?.startsWith('d59'), lines[2]);
  }
});

test('remarks longer than the terminal is wide take the lines that they take', (t) => {
  const hooks = [
    { hook: 'tun_get_user', mechanism: null, state: 'missing' as const, reason: 'x'.repeat(300) },
  ];
  const many = Array.from({ length: 60 }, (_, at) => segmentLine({ device: `d${at}`, ifindex: at }, 10));
  for (const height of [3, 6, 12, 24]) {
    const lines = render({ segments: many, hooks }, { height, width: 80, color: true });
    const plain = lines.map(stripVTControlCharacters);
    const taken = plain.reduce((sum, line) => sum + Math.max(1, Math.ceil(line.length / 80)), 0);
    t.true(taken <= height - 1, `${taken} of ${height}`);
    if (height === 24) t.true(plain.some((line) => line.startsWith('Missing hooks')));
  }
});
