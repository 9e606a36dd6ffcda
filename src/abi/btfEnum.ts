// Enums in BTF: a name in, the values by name out.
import type { Btf } from './btf.js';
import { FormatError } from './formatError.js';

export interface EnumType {
  readonly name: string;
  readonly sizeBytes: number;
  /** In the order of declaration. A bigint only where a double can't hold the value. */
  readonly values: ReadonlyMap<string, number | bigint>;
}

/** The first enum of this name, of 32 or 64 bits, or null. Throws FormatError where it is malformed. */
export function findEnum(btf: Btf, name: string): EnumType | null {
  const id = btf.find('enum', name) ?? btf.find('enum64', name);
  return id === null ? null : enumOf(btf, id);
}

/** The enum with this id. Throws FormatError where it is none. */
export function enumOf(btf: Btf, id: number): EnumType {
  const kind = btf.kindOf(id);
  if (kind !== 'enum' && kind !== 'enum64')
    throw new FormatError(`BTF: type ${id} is a ${kind}, not an enum`);
  const valueAt = kind === 'enum' ? value32At : value64At;
  const wordsPerItem = kind === 'enum' ? 2 : 3;
  const values = new Map<string, number | bigint>();
  for (let item = 0; item < btf.itemCountOf(id); item++) {
    values.set(btf.stringAt(btf.wordOf(id, item * wordsPerItem)), valueAt(btf, id, item * wordsPerItem + 1));
  }
  return { name: btf.nameOf(id), sizeBytes: btf.sizeOrTypeOf(id), values };
}

function value32At(btf: Btf, id: number, word: number): number {
  const value = btf.wordOf(id, word);
  return btf.flagOf(id) ? value | 0 : value;
}

function value64At(btf: Btf, id: number, word: number): number | bigint {
  const unsigned = (BigInt(btf.wordOf(id, word + 1)) << 32n) | BigInt(btf.wordOf(id, word));
  const value = btf.flagOf(id) ? BigInt.asIntN(64, unsigned) : unsigned;
  return Number.isSafeInteger(Number(value)) ? Number(value) : value;
}
