import test from 'ava';
import fc from 'fast-check';
import { parseBtf } from '../../src/abi/btf.js';
import { layoutSource } from '../../src/abi/layoutSource.js';
import { BtfWriter } from './btfWriter.js';

const sourceOf = (writer: BtfWriter): string => layoutSource(parseBtf(writer.bytes()), 'make it');

function writeContract(writer: BtfWriter, order: readonly number[]): void {
  const u32 = writer.int('u32', 4);
  const u64 = writer.int('u64', 8);
  const counts = writer.array(u32, 3);
  const writers = [
    () =>
      writer.struct('vs_shard', 24, [
        { name: 'sum_ns', typeId: u64, bitOffset: 0 },
        { name: 'counts', typeId: counts, bitOffset: 64 },
      ]),
    () =>
      writer.enum32('vs_segment', [
        ['VS_SEGMENT_INVALID', 0],
        ['VS_SEGMENT_QDISC', 1],
      ]),
    () =>
      writer.enum32('vs_run_state', [
        ['VS_RUN_OFF', 0],
        ['VS_RUN_FULL_ON', 5],
      ]),
    () =>
      writer.enum64('vs_limit', [
        ['VS_CPUS', 8n],
        ['VS_BIG', 1n << 60n],
      ]),
    () => writer.struct('sk_buff', 8, []),
    () => writer.enum32('elsewhere', [['VS_NOT_OURS', 0]]),
  ];
  for (const index of order) writers[index]?.();
}

const expected = `// Generated from the BTF of the BPF object by
//   make it
// Sizes and offsets in bytes; the size of an array is that of one element.

export const limit = {
  cpus: 8,
  big: 1152921504606846976n,
} as const;

export const runState = {
  off: 0,
  fullOn: 5,
} as const;

export const segment = {
  invalid: 0,
  qdisc: 1,
} as const;

export const shard = {
  size: 24,
  sumNs: { offset: 0, size: 8 },
  counts: { offset: 8, size: 4, count: 3 },
} as const;
`;

test("the contract's types alone, the same text whatever their order in the object", (t) => {
  fc.assert(
    fc.property(fc.shuffledSubarray([0, 1, 2, 3, 4, 5], { minLength: 6 }), (order) => {
      const writer = new BtfWriter();
      writeContract(writer, order);
      t.is(sourceOf(writer), expected);
    }),
  );
});

test('what a constant cannot describe is refused by name', (t) => {
  const withMembers =
    (...members: readonly { name: string; bits?: number; untagged?: boolean }[]) =>
    () => {
      const writer = new BtfWriter();
      const u32 = writer.int('u32', 4);
      const untaggedId = writer.struct('', 4, []);
      writer.struct(
        'vs_it',
        4,
        members.map(({ name, bits, untagged }) => ({
          name,
          typeId: untagged === true ? untaggedId : u32,
          bitOffset: 0,
          ...(bits === undefined ? {} : { bits }),
        })),
      );
      return sourceOf(writer);
    };
  t.throws(withMembers({ name: 'flag', bits: 1 }), { message: /vs_it: flag is a bit field/ });
  t.throws(withMembers({ name: 'inner', untagged: true }), {
    message: /vs_it: inner is of an untagged struct/,
  });
  t.throws(withMembers({ name: 'size' }), { message: /vs_it has two members .* size/ });
  t.throws(withMembers({ name: 'a_b' }, { name: 'a__b' }), { message: /vs_it has two members .* aB/ });
  const writer = new BtfWriter();
  writer.enum32('vs_kind', [['KIND_A', 0]]);
  t.throws(() => sourceOf(writer), { message: /vs_kind has values that do not begin with VS_/ });
});
