import test from 'ava';
import fc from 'fast-check';
import { elfSection } from '../../src/abi/elf.js';
import { FormatError } from '../../src/abi/formatError.js';
import { elfObject } from './btfWriter.js';

const sectionNames = fc.uniqueArray(fc.stringMatching(/^\.[A-Za-z_.]{1,12}$/), {
  minLength: 1,
  maxLength: 6,
});

test('each section is found by its whole name, and no other is', (t) => {
  fc.assert(
    fc.property(sectionNames, fc.uint8Array({ maxLength: 40 }), (names, content) => {
      const sections = names
        .filter((name) => name !== '.shstrtab')
        .map((name, index): [string, Buffer] => [name, Buffer.concat([Buffer.of(index), content])]);
      const object = elfObject(sections);
      for (const [name, bytes] of sections) t.deepEqual(Buffer.from(elfSection(object, name) ?? []), bytes);
      t.is(elfSection(object, `${names[0]}!`), null);
    }),
  );
});

test('bytes cut off or changed anywhere end in a section, in none or in a FormatError', (t) => {
  const object = elfObject([
    ['.text', Buffer.from('code')],
    ['.BTF', Buffer.from('types')],
  ]);
  fc.assert(
    fc.property(
      fc.nat(object.length),
      fc.array(fc.tuple(fc.nat(object.length - 1), fc.nat(255)), { maxLength: 6 }),
      (length, changes) => {
        const changed = Buffer.from(object);
        for (const [at, value] of changes) changed[at] = value;
        try {
          const found = elfSection(changed.subarray(0, length), '.BTF');
          t.true(found === null || found.byteLength <= length);
        } catch (error) {
          t.true(error instanceof FormatError, String(error));
        }
      },
    ),
    { numRuns: 2_000 },
  );
});

test('what is no ELF64 little-endian object is said to be none', (t) => {
  const object = elfObject([]);
  const changed = (at: number, value: number): Buffer => {
    const copy = Buffer.from(object);
    copy[at] = value;
    return copy;
  };
  t.throws(() => elfSection(Buffer.from('#!/bin/sh'), '.BTF'), { message: /file header ends at byte 64/ });
  t.throws(() => elfSection(changed(0, 0), '.BTF'), { message: /magic number is missing/ });
  t.throws(() => elfSection(changed(4, 1), '.BTF'), { message: /64-bit little-endian/ });
  t.throws(() => elfSection(changed(5, 2), '.BTF'), { message: /64-bit little-endian/ });
});

test('a section without bytes in the file is empty', (t) => {
  const object = elfObject([['.bss', Buffer.alloc(8)]]);
  const entry = Number(object.readBigUInt64LE(40)) + 64;
  object.writeUInt32LE(8, entry + 4);
  object.writeBigUInt64LE(1n << 40n, entry + 32);
  t.is(elfSection(object, '.bss')?.byteLength, 0);
});
