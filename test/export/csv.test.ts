import test from 'ava';
import fc from 'fast-check';
import { snapshotCsv } from '../../src/export/csv.js';
import { sampleSnapshot, segmentLine } from './sampleSnapshot.js';

/** Records and fields by RFC 4180, section 2. */
function parsedCsv(text: string): string[][] {
  const records: string[][] = [];
  const field = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n)/gy;
  let record: string[] = [];
  for (let match = field.exec(text); match !== null; match = field.exec(text)) {
    record.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === ',') continue;
    records.push(record);
    record = [];
    if (field.lastIndex === text.length) return records;
  }
  throw new Error(`not a CSV: ${JSON.stringify(text)}`);
}

test('a header with units, then one record a device and segment', (t) => {
  const segments = [
    segmentLine({}, 1000, 1000, 1000, 4000),
    segmentLine({ segment: 'qdisc', peer: null, netns: 'net:[12]' }),
  ];
  t.deepEqual(parsedCsv(snapshotCsv(sampleSnapshot({ segments, durationSeconds: 2 }), [50, 99.9])), [
    'device netns netns_inum ifindex kind peer segment count rate_per_second'
      .split(' ')
      .concat('min_ns mean_ns p50_ns p99.9_ns max_ns'.split(' ')),
    'veth0 host 4026531840 7 veth sink/veth1 backlog 4 2 1000 1750 1003 4000 4000'.split(' '),
    ['veth0', 'net:[12]', '4026531840', '7', 'veth', '', 'qdisc', '0', '0', '', '', '', '', ''],
  ]);
});

test('names come back through a CSV reader as they are, whatever is in them', (t) => {
  const name = fc.string({ unit: fc.constantFrom('a', '"', ',', ';', ' ', 'é') });
  fc.assert(
    fc.property(name, name, (suffix, netns) => {
      const device = `v${suffix}`;
      const line = segmentLine({ device, netns: `n${netns}` }, 1);
      const [, record] = parsedCsv(snapshotCsv(sampleSnapshot({ segments: [line] }), [50]));
      return record?.[0] === device && record[1] === `n${netns}`;
    }),
  );
  t.pass();
});

for (const device of ['=1+1', '+x', '-x', '@SUM(A1)', '=HYPERLINK("x","y")']) {
  test(`a spreadsheet takes the device ${JSON.stringify(device)} for text`, (t) => {
    const [, record] = parsedCsv(
      snapshotCsv(sampleSnapshot({ segments: [segmentLine({ device }, 1)] }), [50]),
    );
    t.is(record?.[0], `'${device}`);
  });
}

test('a name with line breaks and controls stays on one line and obeys nobody', (t) => {
  const line = segmentLine({ device: 'a\u001b[2J\r\nb', netns: '\t=1' }, 1);
  const text = snapshotCsv(sampleSnapshot({ segments: [line] }), [50]);
  t.is(text.split(/\r?\n/).length, 3);
  t.deepEqual(parsedCsv(text)[1]?.slice(0, 2), ['a\\x1b[2J\\x0d\\x0ab', '\\x09=1']);
});
