// BTF (the kernel's type format): bytes in, types found by kind and name out. Pure, and one pass over the types:
// only the offset of each record is kept, names and members are decoded when they are asked for.
import { type BtfKind, btfKinds, flagOf, itemCountOf, kindNumberOf, RECORD_BYTES } from './btfKinds.js';
import { extentOf, FormatError, viewOf } from './formatError.js';

const MAGIC = 0xeb9f;
const MAGIC_SWAPPED = 0x9feb;
const VERSION = 1;
/** Up to and with str_len; newer kernels append fields, which hdr_len skips. */
const HEADER_BYTES = 24;

/**
 * Types by id; ids count from 1, 0 is void. Everything throws FormatError where the bytes are malformed.
 * Split BTF (of a module, resting on vmlinux) is not read.
 */
export class Btf {
  readonly #types: DataView;
  readonly #strings: Buffer;
  readonly #offsets: Uint32Array;
  /** The highest id. */
  readonly typeCount: number;

  constructor(types: DataView, strings: Buffer, offsets: Uint32Array, typeCount: number) {
    this.#types = types;
    this.#strings = strings;
    this.#offsets = offsets;
    this.typeCount = typeCount;
  }

  kindOf(id: number): BtfKind {
    if (id === 0) return 'void';
    return (btfKinds[kindNumberOf(this.#infoOf(id))] ?? btfKinds[0]).name;
  }

  /** kind_flag: in structs bit-field sizes are given, in enums values are signed. */
  flagOf(id: number): boolean {
    return flagOf(this.#infoOf(id));
  }

  /** The number of members, values or parameters. */
  itemCountOf(id: number): number {
    return itemCountOf(this.#infoOf(id));
  }

  nameOf(id: number): string {
    return this.stringAt(this.#types.getUint32(this.#offsetOf(id), true));
  }

  /** The third word of the record: the size in bytes, or the id of the type that is meant. */
  sizeOrTypeOf(id: number): number {
    return this.#types.getUint32(this.#offsetOf(id) + 8, true);
  }

  /** Word `index` (32 bits, unsigned) of what follows the record's first 12 bytes. */
  wordOf(id: number, index: number): number {
    return this.#types.getUint32(this.#offsetOf(id) + RECORD_BYTES + index * 4, true);
  }

  stringAt(offset: number): string {
    const end = this.#strings.indexOf(0, offset);
    if (offset >= this.#strings.length || end < 0) {
      throw new FormatError(`BTF: a name lies at byte ${offset} of ${this.#strings.length} bytes of strings`);
    }
    return this.#strings.toString('utf8', offset, end);
  }

  /** The id of the first type of this kind and name, or null. */
  find(kind: BtfKind, name: string): number | null {
    const kindNumber = btfKinds.findIndex((row) => row.name === kind);
    const wanted = Buffer.from(`${name}\0`, 'utf8');
    for (let id = 1; id <= this.typeCount; id++) {
      if (kindNumberOf(this.#infoOf(id)) === kindNumber && this.#isNamed(id, wanted)) return id;
    }
    return null;
  }

  /** Ids of all types of these kinds, in the order in which they stand. */
  ids(...kinds: readonly BtfKind[]): number[] {
    const found: number[] = [];
    for (let id = 1; id <= this.typeCount; id++) if (kinds.includes(this.kindOf(id))) found.push(id);
    return found;
  }

  // Byte for byte and in place: decoding 135,000 names to compare them would cost most of the time.
  #isNamed(id: number, wantedWithNul: Buffer): boolean {
    const start = this.#types.getUint32(this.#offsetOf(id), true);
    for (let i = 0; i < wantedWithNul.length; i++) {
      if (this.#strings[start + i] !== wantedWithNul[i]) return false;
    }
    return true;
  }

  #infoOf(id: number): number {
    return this.#types.getUint32(this.#offsetOf(id) + 4, true);
  }

  #offsetOf(id: number): number {
    const offset = id === 0 ? undefined : this.#offsets[id];
    if (offset === undefined || id > this.typeCount) {
      throw new FormatError(`BTF: type ${id} is referred to, and there are ${this.typeCount}`);
    }
    return offset;
  }
}

/**
 * The types in the bytes of /sys/kernel/btf/vmlinux or of an object's `.BTF` section (which must stay unchanged).
 * Throws FormatError when they are no little-endian BTF version 1 or a record leaves its section.
 * Source: Documentation/bpf/btf.rst; kernel/bpf/btf.c, btf_parse_hdr.
 */
export function parseBtf(bytes: Uint8Array): Btf {
  const header = viewOf(extentOf(bytes, 0, HEADER_BYTES, 'BTF: the header'));
  const magic = header.getUint16(0, true);
  if (magic === MAGIC_SWAPPED) throw new FormatError('BTF: big-endian types are not read');
  if (magic !== MAGIC) throw new FormatError('BTF: the magic number is missing');
  if (header.getUint8(2) !== VERSION)
    throw new FormatError(`BTF: version ${header.getUint8(2)} is not known`);
  const headerBytes = header.getUint32(4, true);
  if (headerBytes < HEADER_BYTES) throw new FormatError(`BTF: a header of ${headerBytes} bytes is too short`);

  const section = (field: number, what: string): Uint8Array => {
    const offset = headerBytes + header.getUint32(field, true);
    return extentOf(bytes, offset, header.getUint32(field + 4, true), `BTF: the section of ${what}`);
  };
  const types = viewOf(section(8, 'types'));
  const strings = section(16, 'strings');
  // The final NUL bounds every search for a string's end.
  if (strings.at(-1) !== 0) throw new FormatError('BTF: the section of strings does not end with a NUL');
  const { offsets, typeCount } = offsetsOf(types);
  return new Btf(types, Buffer.from(strings.buffer, strings.byteOffset, strings.length), offsets, typeCount);
}

/** Where each record begins, by id. Every record is known to lie within the section afterwards. */
function offsetsOf(types: DataView): { offsets: Uint32Array; typeCount: number } {
  const offsets = new Uint32Array(Math.floor(types.byteLength / RECORD_BYTES) + 1);
  let typeCount = 0;
  for (let offset = 0; offset < types.byteLength; ) {
    if (offset + RECORD_BYTES > types.byteLength) throw new FormatError('BTF: the last type is cut short');
    const info = types.getUint32(offset + 4, true);
    const kind = btfKinds[kindNumberOf(info)];
    typeCount++;
    // A kind unknown here has an unknown length, so nothing after it could be found.
    if (kind === undefined || kind.name === 'void') {
      throw new FormatError(`BTF: type ${typeCount} is of kind ${kindNumberOf(info)}, which is not known`);
    }
    offsets[typeCount] = offset;
    offset += RECORD_BYTES + kind.extraBytes + kind.itemBytes * itemCountOf(info);
    if (offset > types.byteLength) {
      throw new FormatError(`BTF: type ${typeCount} (${kind.name}) ends beyond the section of types`);
    }
  }
  return { offsets, typeCount };
}
