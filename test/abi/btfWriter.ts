// A writer of BTF and of the ELF object around it: what the parsers under test read, made without a compiler.
import { type BtfKind, btfKinds } from '../../src/abi/btfKinds.js';

export interface MemberSpec {
  readonly name: string;
  readonly typeId: number;
  readonly bitOffset: number;
  /** Gives the whole struct's members the bit-field encoding. */
  readonly bits?: number;
}

export class BtfWriter {
  readonly #records: Buffer[] = [];
  readonly #strings: Buffer[] = [Buffer.of(0)];
  #stringBytes = 1;

  int(name: string, sizeBytes: number): number {
    return this.add('int', name, sizeBytes, [sizeBytes * 8]);
  }
  pointer(typeId: number): number {
    return this.add('ptr', '', typeId);
  }
  array(typeId: number, count: number): number {
    return this.add('array', '', 0, [typeId, 0, count]);
  }
  modified(kind: 'typedef' | 'const' | 'volatile' | 'restrict' | 'type_tag', typeId: number): number {
    return this.add(kind, kind === 'typedef' ? 'alias_t' : '', typeId);
  }
  variable(name: string, typeId: number): number {
    return this.add('var', name, typeId, [1]);
  }
  struct(
    name: string,
    sizeBytes: number,
    members: readonly MemberSpec[],
    kind: 'struct' | 'union' = 'struct',
  ): number {
    const hasBits = members.some((member) => member.bits !== undefined);
    const words = members.flatMap(({ name: memberName, typeId, bitOffset, bits = 0 }) => [
      this.#string(memberName),
      typeId,
      ((bits << 24) | bitOffset) >>> 0,
    ]);
    return this.add(kind, name, sizeBytes, words, members.length, hasBits);
  }
  enum32(name: string, values: readonly (readonly [string, number])[], signed = false): number {
    const words = values.flatMap(([valueName, value]) => [this.#string(valueName), value >>> 0]);
    return this.add('enum', name, 4, words, values.length, signed);
  }
  enum64(name: string, values: readonly (readonly [string, bigint])[], signed = false): number {
    const words = values.flatMap(([valueName, value]) => [
      this.#string(valueName),
      Number(BigInt.asUintN(32, value)),
      Number(BigInt.asUintN(32, value >> 32n)),
    ]);
    return this.add('enum64', name, 8, words, values.length, signed);
  }

  /** Any record, well formed or not; the id it got. */
  add(
    kind: BtfKind,
    name: string,
    third: number,
    words: readonly number[] = [],
    items = 0,
    flag = false,
  ): number {
    const kindNumber = btfKinds.findIndex((row) => row.name === kind);
    const info = ((flag ? 1 << 31 : 0) | (kindNumber << 24) | items) >>> 0;
    const record = [this.#string(name), info, third, ...words];
    this.#records.push(Buffer.from(Uint32Array.from(record).buffer));
    return this.#records.length;
  }

  bytes({ headerBytes = 24 } = {}): Buffer {
    const types = Buffer.concat(this.#records);
    const strings = Buffer.concat(this.#strings);
    const header = Buffer.alloc(headerBytes);
    header.writeUInt16LE(0xeb9f, 0);
    header.writeUInt8(1, 2);
    for (const [index, word] of [headerBytes, 0, types.length, types.length, strings.length].entries()) {
      header.writeUInt32LE(word, 4 + index * 4);
    }
    return Buffer.concat([header, types, strings]);
  }

  // Not deduplicated, and not required to be: a name is its bytes, not its offset.
  #string(text: string): number {
    if (text === '') return 0;
    const offset = this.#stringBytes;
    const bytes = Buffer.from(`${text}\0`, 'utf8');
    this.#strings.push(bytes);
    this.#stringBytes += bytes.length;
    return offset;
  }
}

/** An ELF64 little-endian object of these sections, the table of names last. */
export function elfObject(sections: readonly (readonly [name: string, bytes: Buffer])[]): Buffer {
  const namesOf = [...sections.map(([name]) => name), '.shstrtab'];
  const nameTable = Buffer.from(`\0${namesOf.map((name) => `${name}\0`).join('')}`, 'latin1');
  const contents = [...sections.map(([, bytes]) => bytes), nameTable];
  const header = Buffer.alloc(64);
  header.set([0x7f, 0x45, 0x4c, 0x46, 2, 1, 1]);
  const tableOffset = 64 + contents.reduce((sum, bytes) => sum + bytes.length, 0);
  header.writeBigUInt64LE(BigInt(tableOffset), 40);
  header.writeUInt16LE(64, 58);
  header.writeUInt16LE(contents.length + 1, 60);
  header.writeUInt16LE(contents.length, 62);
  const table = [Buffer.alloc(64)];
  let offset = 64;
  let nameOffset = 1;
  for (const [index, bytes] of contents.entries()) {
    const entry = Buffer.alloc(64);
    entry.writeUInt32LE(nameOffset, 0);
    entry.writeUInt32LE(1, 4);
    entry.writeBigUInt64LE(BigInt(offset), 24);
    entry.writeBigUInt64LE(BigInt(bytes.length), 32);
    table.push(entry);
    offset += bytes.length;
    nameOffset += (namesOf[index] ?? '').length + 1;
  }
  return Buffer.concat([header, ...contents, ...table]);
}
