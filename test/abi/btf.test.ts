import test from 'ava';
import fc from 'fast-check';
import { parseBtf } from '../../src/abi/btf.js';
import { enumOf, findEnum } from '../../src/abi/btfEnum.js';
import { findStruct, structOf } from '../../src/abi/btfStruct.js';
import { FormatError } from '../../src/abi/formatError.js';
import { BtfWriter } from './btfWriter.js';

const cName = fc.stringMatching(/^[a-z_][a-z0-9_]{0,15}$/);
const memberSpecs = fc.uniqueArray(
  fc.record({ name: cName, sizeBytes: fc.constantFrom(1, 2, 4, 8), count: fc.option(fc.nat(5_000)) }),
  { selector: (member) => member.name, maxLength: 30 },
);

test('a struct is read as it was written: names, offsets, sizes, counts, through typedefs and qualifiers', (t) => {
  fc.assert(
    fc.property(
      memberSpecs,
      fc.array(fc.constantFrom('typedef', 'const', 'volatile')),
      (specs, modifiers) => {
        const writer = new BtfWriter();
        let byteOffset = 0;
        const members = specs.map(({ name, sizeBytes, count }) => {
          const element = modifiers.reduce(
            (id, kind) => writer.modified(kind, id),
            writer.int('u', sizeBytes),
          );
          const member = { name, byteOffset, sizeBytes, count };
          byteOffset += sizeBytes * (count ?? 1);
          return { ...member, typeId: count === null ? element : writer.array(element, count) };
        });
        writer.struct('other', 8, []);
        writer.struct(
          'wanted',
          byteOffset,
          members.map(({ name, typeId, byteOffset }) => ({ name, typeId, bitOffset: byteOffset * 8 })),
        );
        const found = findStruct(parseBtf(writer.bytes()), 'wanted');
        t.deepEqual(found, {
          name: 'wanted',
          sizeBytes: byteOffset,
          members: members.map(({ typeId: _, ...member }) => ({ ...member, struct: null, bits: null })),
        });
      },
    ),
  );
});

test('members of anonymous structs and unions stand at their place in the outer struct', (t) => {
  const writer = new BtfWriter();
  const u32 = writer.int('u32', 4);
  const inner = writer.struct('', 8, [
    { name: 'b', typeId: u32, bitOffset: 0 },
    { name: 'c', typeId: writer.pointer(u32), bitOffset: 32 },
  ]);
  const union = writer.struct('', 8, [{ name: '', typeId: inner, bitOffset: 0 }], 'union');
  const named = writer.struct('pair', 8, []);
  writer.struct('outer', 40, [
    { name: 'a', typeId: u32, bitOffset: 0 },
    { name: '', typeId: union, bitOffset: 64 },
    { name: 'pairs', typeId: writer.array(writer.array(named, 3), 1), bitOffset: 128 },
  ]);
  const members = findStruct(parseBtf(writer.bytes()), 'outer')?.members;
  t.deepEqual(
    members?.map((m) => [m.name, m.byteOffset, m.sizeBytes, m.count, m.struct]),
    [
      ['a', 0, 4, null, null],
      ['b', 8, 4, null, null],
      ['c', 12, 8, null, null],
      ['pairs', 16, 8, 3, 'pair'],
    ],
  );
});

test('bit fields have a width, and padding bits have no member', (t) => {
  const writer = new BtfWriter();
  const u32 = writer.int('u32', 4);
  writer.struct('flags', 4, [
    { name: 'one', typeId: u32, bitOffset: 0, bits: 1 },
    { name: '', typeId: u32, bitOffset: 1, bits: 10 },
    { name: 'two', typeId: u32, bitOffset: 11, bits: 2 },
  ]);
  const members = findStruct(parseBtf(writer.bytes()), 'flags')?.members;
  t.deepEqual(
    members?.map((m) => [m.name, m.byteOffset, m.bits]),
    [
      ['one', 0, 1],
      ['two', 1, 2],
    ],
  );
});

test('values of 32-bit and 64-bit enums survive, signed or not', (t) => {
  const names = fc.uniqueArray(cName, { minLength: 1, maxLength: 20 });
  const signed32 = fc.tuple(fc.boolean(), names, fc.infiniteStream(fc.integer()));
  fc.assert(
    fc.property(signed32, ([signed, valueNames, values]) => {
      const written = valueNames.map((name): [string, number] => {
        const value: number = values.next().value;
        return [name, signed ? value : value >>> 0];
      });
      const writer = new BtfWriter();
      writer.enum32('e', written, signed);
      t.deepEqual([...(findEnum(parseBtf(writer.bytes()), 'e')?.values ?? [])], written);
    }),
  );
  fc.assert(
    fc.property(fc.bigInt({ min: -(1n << 63n), max: (1n << 64n) - 1n }), (value) => {
      const writer = new BtfWriter();
      writer.enum64('e', [['v', value]], value < 0n);
      const read = findEnum(parseBtf(writer.bytes()), 'e')?.values.get('v');
      t.is(BigInt(read ?? 0), value);
      t.is(typeof read, Number.isSafeInteger(Number(value)) ? 'number' : 'bigint');
    }),
  );
});

test('a name is found whole, of the kind asked for, and behind a header that has grown', (t) => {
  const writer = new BtfWriter();
  writer.variable('thing', writer.int('thing', 4));
  writer.struct('thing_more', 1, []);
  writer.struct('thing', 2, [], 'union');
  writer.struct('thing', 3, []);
  const btf = parseBtf(writer.bytes({ headerBytes: 32 }));
  t.is(findStruct(btf, 'thing')?.sizeBytes, 3);
  t.is(findStruct(btf, 'thin'), null);
  t.is(findEnum(btf, 'thing'), null);
});

test('types that refer to themselves or to nothing are refused', (t) => {
  const structWith = (typeId: number): (() => unknown) => {
    const writer = new BtfWriter();
    writer.modified('typedef', 2);
    writer.modified('const', 1);
    writer.array(3, 2);
    writer.struct('s', 4, [{ name: '', typeId: 4, bitOffset: 0 }]);
    writer.struct('s2', 4, [{ name: 'm', typeId, bitOffset: 8 }]);
    writer.int('u32', 4);
    return () => findStruct(parseBtf(writer.bytes()), typeId === 4 ? 's' : 's2');
  };
  t.throws(structWith(1), { instanceOf: FormatError, message: /refers to itself/ });
  t.throws(structWith(3), { instanceOf: FormatError, message: /dimensions/ });
  t.throws(structWith(4), { instanceOf: FormatError, message: /nest deeper/ });
  t.throws(structWith(6), { instanceOf: FormatError, message: /member m ends beyond the 4 bytes/ });
  t.throws(structWith(77), { instanceOf: FormatError, message: /type 77 .* there are 6/ });
  t.throws(structWith(0), { instanceOf: FormatError, message: /void, has no size/ });
});

test('anonymous structs that multiply at every level are refused soon, even empty ones', (t) => {
  for (const innermost of [[], [{ name: 'x', typeId: 1, bitOffset: 0 }]]) {
    const writer = new BtfWriter();
    writer.int('u32', 4);
    let id = writer.struct('', 4, innermost);
    for (let level = 0; level < 30; level++) {
      const double = [0, 1].map(() => ({ name: '', typeId: id, bitOffset: 0 }));
      id = writer.struct(level === 29 ? 'bomb' : '', 4, double);
    }
    t.throws(() => findStruct(parseBtf(writer.bytes()), 'bomb'), { message: /over 100000/ });
  }
});

test('bytes cut off or changed anywhere end in types or in a FormatError', (t) => {
  const writer = new BtfWriter();
  const u32 = writer.int('u32', 4);
  const alias = writer.modified('typedef', writer.modified('const', u32));
  const inner = writer.struct('', 8, [{ name: 'm', typeId: writer.array(alias, 2), bitOffset: 0 }], 'union');
  writer.struct('s', 16, [
    { name: '', typeId: inner, bitOffset: 0 },
    { name: 'p', typeId: writer.pointer(inner), bitOffset: 64 },
  ]);
  writer.enum32('e', [['A', 1]]);
  writer.enum64('f', [['B', 1n << 60n]]);
  const bytes = writer.bytes();
  const changes = fc.array(fc.tuple(fc.nat(bytes.length - 1), fc.nat(255)), { maxLength: 8 });
  fc.assert(
    fc.property(fc.oneof(fc.constant(bytes.length), fc.nat(bytes.length)), changes, (length, changed) => {
      const copy = Buffer.from(bytes);
      for (const [at, value] of changed) copy[at] = value;
      try {
        const btf = parseBtf(copy.subarray(0, length));
        for (const id of btf.ids('struct', 'union')) structOf(btf, id);
        for (const id of btf.ids('enum', 'enum64')) enumOf(btf, id);
      } catch (error) {
        t.true(error instanceof FormatError, String(error));
      }
    }),
    { numRuns: 5_000 },
  );
  t.pass();
});

test('what is no BTF is said to be none, and why', (t) => {
  const bytes = new BtfWriter().bytes();
  const changed = (at: number, value: number): (() => unknown) => {
    const copy = Buffer.from(bytes);
    copy[at] = value;
    return () => parseBtf(copy);
  };
  t.throws(() => parseBtf(Buffer.alloc(3)), { instanceOf: FormatError, message: /header ends at byte 24/ });
  t.throws(changed(0, 0), { instanceOf: FormatError, message: /magic/ });
  t.throws(changed(2, 9), { instanceOf: FormatError, message: /version 9/ });
  t.throws(changed(bytes.length - 1, 65), { instanceOf: FormatError, message: /NUL/ });
  t.throws(() => parseBtf(Buffer.from([0xeb, 0x9f, ...bytes.subarray(2)])), { message: /big-endian/ });
  const unknownKind = new BtfWriter();
  unknownKind.add('void', 'x', 0);
  t.throws(() => parseBtf(unknownKind.bytes()), { instanceOf: FormatError, message: /kind 0/ });
});
