// Structs in BTF: a name in, the members with offsets, sizes and array lengths out.
import type { Btf } from './btf.js';
import type { BtfKind } from './btfKinds.js';
import { FormatError } from './formatError.js';

export interface StructMember {
  readonly name: string;
  /** From the start of the outermost struct. Of a bit field: of the byte that its first bit lies in. */
  readonly byteOffset: number;
  /** Of one element where the member is an array, else of the member. */
  readonly sizeBytes: number;
  /** Elements of an array, all dimensions multiplied (0 for a flexible one); null where the member is none. */
  readonly count: number | null;
  /** The tag of the struct or union that the member, or its element, is (empty if untagged); else null. */
  readonly struct: string | null;
  /** Width of a bit field, else null. */
  readonly bits: number | null;
}

export interface StructType {
  readonly name: string;
  readonly sizeBytes: number;
  /** In the order of declaration; members of anonymous structs and unions stand among them, as in C. */
  readonly members: readonly StructMember[];
}

/** As deep as the kernel goes (kernel/bpf/btf.c, MAX_RESOLVE_DEPTH). */
const MAX_DEPTH = 32;
/** Anonymous members of malformed types can multiply at every level; the largest kernel structs have hundreds. */
const MAX_MEMBERS = 100_000;
/** BTF says no pointer size; every kernel that is read here has 64 bits. */
const POINTER_BYTES = 8;
const MODIFIERS: readonly BtfKind[] = ['typedef', 'const', 'volatile', 'restrict', 'type_tag'];
const SIZED: readonly BtfKind[] = ['int', 'struct', 'union', 'enum', 'enum64', 'float'];

/** The first struct of this name, or null. Throws FormatError where its types are malformed. */
export function findStruct(btf: Btf, name: string): StructType | null {
  const id = btf.find('struct', name);
  return id === null ? null : structOf(btf, id);
}

/** The struct or union with this id. Throws FormatError where it is none, or its types are malformed. */
export function structOf(btf: Btf, id: number): StructType {
  const kind = btf.kindOf(id);
  if (kind !== 'struct' && kind !== 'union')
    throw new FormatError(`BTF: type ${id} is a ${kind}, not a struct`);
  const name = btf.nameOf(id);
  const walk: Walk = { btf, sizeBytes: btf.sizeOrTypeOf(id), members: [], visited: 0 };
  collectMembers(walk, id, 0, 0);
  return { name, sizeBytes: walk.sizeBytes, members: walk.members };
}

interface Walk {
  readonly btf: Btf;
  /** Of the outermost struct. */
  readonly sizeBytes: number;
  readonly members: StructMember[];
  /** Members looked at, found or not: empty structs must not multiply either. */
  visited: number;
}

function collectMembers(walk: Walk, id: number, baseBits: number, depth: number): void {
  const { btf, members } = walk;
  if (depth > MAX_DEPTH) throw new FormatError(`BTF: anonymous structs nest deeper than ${MAX_DEPTH}`);
  const itemCount = btf.itemCountOf(id);
  for (let item = 0; item < itemCount; item++) {
    if (++walk.visited > MAX_MEMBERS) throw new FormatError(`BTF: a struct has over ${MAX_MEMBERS} members`);
    const name = btf.stringAt(btf.wordOf(id, item * 3));
    const typeId = btf.wordOf(id, item * 3 + 1);
    const place = btf.wordOf(id, item * 3 + 2);
    const bitOffset = baseBits + (btf.flagOf(id) ? place & 0xffffff : place);
    const bits = btf.flagOf(id) ? place >>> 24 : 0;
    const type = memberType(btf, typeId);
    // Unnamed bit fields are padding.
    if (name === '' && type.struct === null) continue;
    if (name === '') collectMembers(walk, type.id, bitOffset, depth + 1);
    else {
      const { sizeBytes, count, struct } = type;
      const byteOffset = Math.floor(bitOffset / 8);
      // A bit field's declared type may reach beyond the end: only its bits lie within.
      if (bits === 0 && byteOffset + sizeBytes * (count ?? 1) > walk.sizeBytes) {
        throw new FormatError(`BTF: member ${name} ends beyond the ${walk.sizeBytes} bytes of its struct`);
      }
      members.push({ name, byteOffset, sizeBytes, count, struct, bits: bits || null });
    }
  }
}

interface MemberType {
  readonly id: number;
  readonly sizeBytes: number;
  readonly count: number | null;
  readonly struct: string | null;
}

function memberType(btf: Btf, typeId: number): MemberType {
  let id = unmodified(btf, typeId);
  let count: number | null = null;
  for (let depth = 0; btf.kindOf(id) === 'array'; depth++) {
    if (depth > MAX_DEPTH)
      throw new FormatError(`BTF: array ${typeId} has more than ${MAX_DEPTH} dimensions`);
    count = (count ?? 1) * btf.wordOf(id, 2);
    id = unmodified(btf, btf.wordOf(id, 0));
  }
  const kind = btf.kindOf(id);
  if (kind === 'ptr') return { id, sizeBytes: POINTER_BYTES, count, struct: null };
  if (!SIZED.includes(kind)) throw new FormatError(`BTF: type ${id}, a ${kind}, has no size for a member`);
  const sizeBytes = btf.sizeOrTypeOf(id);
  if (!Number.isSafeInteger((count ?? 1) * sizeBytes))
    throw new FormatError(`BTF: array ${typeId} is too large`);
  return { id, sizeBytes, count, struct: kind === 'struct' || kind === 'union' ? btf.nameOf(id) : null };
}

function unmodified(btf: Btf, typeId: number): number {
  let id = typeId;
  for (let depth = 0; MODIFIERS.includes(btf.kindOf(id)); depth++) {
    if (depth > MAX_DEPTH) throw new FormatError(`BTF: type ${typeId} refers to itself`);
    id = btf.sizeOrTypeOf(id);
  }
  return id;
}
