import test from 'ava';
import { violationText } from '../../src/export/violationText.js';
import { parseThreshold, violationsIn } from '../../src/measure/threshold.js';
import { sampleSnapshot, segmentLine } from './sampleSnapshot.js';

const textsOf = (threshold: string, ...latenciesNs: number[]): string[] => {
  const segments = [segmentLine({ device: 'veth\u001b0', segment: 'ring' }, ...latenciesNs)];
  return violationsIn(sampleSnapshot({ segments }), [parseThreshold(threshold)]).map(violationText);
};

test('a violation names the device, the segment, the figure and both latencies', (t) => {
  t.deepEqual(textsOf('max=1ms', 1_200_000), ['veth\\x1b0 (host) ring: max is 1.20 ms, above 1.00 ms']);
});

test('latencies that look alike are told apart in ns', (t) => {
  t.deepEqual(textsOf('max=1ms', 1_000_001), ['veth\\x1b0 (host) ring: max is 1000001 ns, above 1000000 ns']);
});
