import test from 'ava';
import { parseBtf } from '../../src/abi/btf.js';
import { type DropReasons, dropReasonsOf } from '../../src/host/dropReasons.js';
import { BtfWriter } from '../abi/btfWriter.js';

function reasonsOf(values: readonly (readonly [string, number])[]): DropReasons {
  const writer = new BtfWriter();
  writer.enum32('skb_drop_reason', values);
  return dropReasonsOf(parseBtf(writer.bytes()));
}

test("the kernel's names, without their prefix where they have it", (t) => {
  const reasons = reasonsOf([
    ['SKB_NOT_DROPPED_YET', 0],
    ['SKB_CONSUMED', 1],
    ['SKB_DROP_REASON_NOT_SPECIFIED', 2],
    ['SKB_DROP_REASON_FULL_RING', 80],
    ['SKB_DROP_REASON_MAX', 81],
    ['SKB_DROP_REASON_SUBSYS_MASK', 0xffff0000],
  ]);
  t.true(reasons.known);
  t.deepEqual(
    [0, 1, 2, 80].map((index) => reasons.nameOf(index)),
    ['SKB_NOT_DROPPED_YET', 'SKB_CONSUMED', 'NOT_SPECIFIED', 'FULL_RING'],
  );
});

test('what is no reason has no name, and the folded ones have one of ours', (t) => {
  const reasons = reasonsOf([
    ['SKB_DROP_REASON_MAX', 7],
    ['SKB_DROP_REASON_LATE', 255],
    ['SKB_DROP_REASON_LATER', 300],
  ]);
  t.is(reasons.nameOf(7), 'UNKNOWN_7');
  t.is(reasons.nameOf(255), 'OTHER_SUBSYSTEM');
});

test('a kernel without reasons gives none, whatever the number', (t) => {
  for (const btf of [null, parseBtf(new BtfWriter().bytes())]) {
    const reasons = dropReasonsOf(btf);
    t.false(reasons.known);
    t.deepEqual([reasons.nameOf(0), reasons.nameOf(80)], ['NOT_SPECIFIED', 'NOT_SPECIFIED']);
  }
});
