// The kinds of BTF type and how many bytes each record takes: what a pass over the type section needs to know.
// Source: include/uapi/linux/btf.h and Documentation/bpf/btf.rst.

/** One row a kind; a row's index is the kind's number. A record is 12 bytes, then `extraBytes`, then the items. */
export const btfKinds = [
  { name: 'void', extraBytes: 0, itemBytes: 0 },
  { name: 'int', extraBytes: 4, itemBytes: 0 },
  { name: 'ptr', extraBytes: 0, itemBytes: 0 },
  { name: 'array', extraBytes: 12, itemBytes: 0 },
  { name: 'struct', extraBytes: 0, itemBytes: 12 },
  { name: 'union', extraBytes: 0, itemBytes: 12 },
  { name: 'enum', extraBytes: 0, itemBytes: 8 },
  { name: 'fwd', extraBytes: 0, itemBytes: 0 },
  { name: 'typedef', extraBytes: 0, itemBytes: 0 },
  { name: 'volatile', extraBytes: 0, itemBytes: 0 },
  { name: 'const', extraBytes: 0, itemBytes: 0 },
  { name: 'restrict', extraBytes: 0, itemBytes: 0 },
  { name: 'func', extraBytes: 0, itemBytes: 0 },
  { name: 'func_proto', extraBytes: 0, itemBytes: 8 },
  { name: 'var', extraBytes: 4, itemBytes: 0 },
  { name: 'datasec', extraBytes: 0, itemBytes: 12 },
  { name: 'float', extraBytes: 0, itemBytes: 0 },
  { name: 'decl_tag', extraBytes: 4, itemBytes: 0 },
  { name: 'type_tag', extraBytes: 0, itemBytes: 0 },
  { name: 'enum64', extraBytes: 0, itemBytes: 12 },
] as const;

export type BtfKind = (typeof btfKinds)[number]['name'];

/** Bytes of struct btf_type, with which every record begins. */
export const RECORD_BYTES = 12;

// btf_type.info. The kind had 5 bits and vlen 16 until the bits beside them, zero till then, were given to them.
export const kindNumberOf = (info: number): number => (info >>> 24) & 0x7f;
export const itemCountOf = (info: number): number => info & 0xffffff;
export const flagOf = (info: number): boolean => info >>> 31 === 1;
