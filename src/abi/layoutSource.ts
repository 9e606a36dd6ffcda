// TypeScript source for the types of the contract between the BPF programs and the daemon: BTF in, text out.
import type { Btf } from './btf.js';
import { type EnumType, enumOf } from './btfEnum.js';
import { type StructMember, type StructType, structOf } from './btfStruct.js';
import { FormatError } from './formatError.js';

/** What the contract's types, and in capitals its enum values, begin with. */
const PREFIX = 'vs_';

/**
 * A module with one constant for each enum (`name: value`) and struct (sizes and offsets in bytes) of the contract:
 * `{ size, sumNs: { offset, size }, counts: { offset, size, count } }`, where an array's size is one element's.
 * Same types, same text: enums, then structs, by name. `command` is what the header says made it.
 * Throws FormatError for types that such constants can't describe (bit fields, untagged nested structs).
 */
export function layoutSource(btf: Btf, command: string): string {
  const enums = contractTypes(btf.ids('enum', 'enum64').map((id) => enumOf(btf, id)));
  const structIds = btf.ids('struct').filter((id) => btf.nameOf(id).startsWith(PREFIX));
  const structs = contractTypes(structIds.map((id) => structOf(btf, id)));
  const header = [
    '// Generated from the BTF of the BPF object by',
    `//   ${command}`,
    '// Sizes and offsets in bytes; the size of an array is that of one element.',
  ].join('\n');
  return `${[header, ...enums.map(enumSource), ...structs.map(structSource)].join('\n\n')}\n`;
}

/** Those of the contract, by name. Kernel headers bring hundreds of others into an object's BTF. */
function contractTypes<T extends { readonly name: string }>(types: readonly T[]): T[] {
  const found = types.filter((type) => type.name.startsWith(PREFIX));
  return found.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function enumSource(type: EnumType): string {
  const prefix = sharedPrefix(type);
  const lines = [...type.values].map(([name, value]): [string, string] => [
    camelCase(name.slice(prefix.length)),
    typeof value === 'bigint' ? `${value}n` : String(value),
  ]);
  return constantSource(type.name, lines);
}

/** As many words of the enum's own name as all its values begin with: VS_SEGMENT_ for enum vs_segment. */
function sharedPrefix(type: EnumType): string {
  const words = type.name.toUpperCase().split('_');
  const names = [...type.values.keys()];
  for (let count = words.length; count > 0; count--) {
    const prefix = `${words.slice(0, count).join('_')}_`;
    if (names.every((name) => name.startsWith(prefix))) return prefix;
  }
  throw new FormatError(`enum ${type.name} has values that do not begin with ${PREFIX.toUpperCase()}`);
}

function structSource(type: StructType): string {
  const members = type.members.map((member): [string, string] => [
    camelCase(member.name),
    memberSource(type, member),
  ]);
  return constantSource(type.name, [['size', String(type.sizeBytes)], ...members]);
}

function memberSource(type: StructType, member: StructMember): string {
  const path = `struct ${type.name}: ${member.name}`;
  if (member.bits !== null) throw new FormatError(`${path} is a bit field, which no typed array can read`);
  if (member.struct === '') throw new FormatError(`${path} is of an untagged struct, which gets no layout`);
  const count = member.count === null ? '' : `, count: ${member.count}`;
  return `{ offset: ${member.byteOffset}, size: ${member.sizeBytes}${count} }`;
}

function constantSource(tag: string, lines: readonly (readonly [name: string, value: string])[]): string {
  const names = new Set<string>();
  for (const [name] of lines) {
    if (names.has(name)) throw new FormatError(`${tag} has two members that would be called ${name}`);
    names.add(name);
  }
  const body = lines.map(([name, value]) => `  ${name}: ${value},\n`).join('');
  return `export const ${camelCase(tag.slice(PREFIX.length))} = {\n${body}} as const;`;
}

/** sum_ns, SUM_NS: sumNs. Leading underscores go. */
function camelCase(name: string): string {
  const words = name.toLowerCase().split('_').filter(Boolean);
  return words
    .map((word, index) => (index === 0 ? word : word.charAt(0).toUpperCase() + word.slice(1)))
    .join('');
}
