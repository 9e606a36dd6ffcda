import test from 'ava';
import { snapshotJson } from '../../src/export/json.js';
import { accountingLine, sampleSnapshot, segmentLine } from './sampleSnapshot.js';

const snapshot = sampleSnapshot({
  segments: [segmentLine({}, 1000, 2000), segmentLine({ segment: 'qdisc' })],
  legs: [{ ...segmentLine({}, 5), from: 'tun0', to: 'tun1', leg: 'forwarder' }].map(
    ({ from, to, leg, count, minNs, meanNs, p50Ns, p90Ns, p99Ns, p999Ns, p9999Ns, maxNs, histogram }) => ({
      ...{ from, to, leg: leg as 'forwarder', count, minNs, meanNs },
      ...{ p50Ns, p90Ns, p99Ns, p999Ns, p9999Ns, maxNs, histogram },
    }),
  ),
  drops: [{ device: 'tun0', netns: 'host', reason: 'FULL_RING', count: 3 }],
  accounting: [accountingLine({ started: 2, matched: 2 })],
  turnedAway: { unlearnedHookRuns: 4, devices: 5 },
});

test('nothing of the snapshot is lost', (t) => {
  t.deepEqual(JSON.parse(snapshotJson(snapshot)), structuredClone(snapshot));
});

test('members have the names of the schema', (t) => {
  const written = JSON.parse(snapshotJson(snapshot));
  const design =
    'version startedAt durationSeconds host bucketWidthPercent hooks segments legs journeys drops accounting turnedAway'.split(
      ' ',
    );
  t.deepEqual(Object.keys(written), design);
  const segment =
    'device netns netnsInum ifindex kind peer segment count minNs meanNs p50Ns p90Ns p99Ns p999Ns p9999Ns maxNs histogram';
  t.deepEqual(Object.keys(written.segments[0]), segment.split(' '));
  t.deepEqual(Object.keys(written.legs[0]), ['from', 'to', 'leg', ...segment.split(' ').slice(7)]);
  t.deepEqual(Object.keys(written.drops[0]), ['device', 'netns', 'reason', 'count']);
  t.deepEqual(Object.keys(written.hooks[0]), ['hook', 'mechanism', 'state', 'reason']);
});

test('a line without a sample has null times, and the text ends in a newline', (t) => {
  const text = snapshotJson(snapshot);
  t.is(JSON.parse(text).segments[1].p99Ns, null);
  t.true(text.endsWith('}\n'));
});

test('a name comes back as it is, and none of its controls reaches a terminal', (t) => {
  const device = 'a\u001b\u007f\u009b2J\u202eb';
  const text = snapshotJson(sampleSnapshot({ segments: [segmentLine({ device }, 1)] }));
  t.is(JSON.parse(text).segments[0].device, device);
  t.notRegex(text.replaceAll('\n', ''), /\p{C}/u);
});
