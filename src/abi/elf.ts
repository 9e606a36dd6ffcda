// Sections of an ELF64 little-endian object: bytes in, a section's bytes out. Pure; no file is read here.
import { extentOf, FormatError, viewOf } from './formatError.js';

const MAGIC = 0x7f454c46;
const CLASS_64 = 2;
const DATA_LITTLE_ENDIAN = 1;
const HEADER_BYTES = 64;
const SECTION_HEADER_BYTES = 64;
/** e_shstrndx when the real index does not fit 16 bits and stands in section 0's sh_link. */
const INDEX_ELSEWHERE = 0xffff;
/** A section that occupies no bytes in the file (.bss). */
const TYPE_NOBITS = 8;

interface Section {
  readonly nameOffset: number;
  readonly type: number;
  readonly link: number;
  readonly offset: number;
  readonly sizeBytes: number;
}

/**
 * The bytes of the first section called `name`, as a view into `object`; null when there is none.
 * A section without bytes in the file (SHT_NOBITS) is empty.
 * Throws FormatError when `object` is no ELF64 little-endian file or points outside itself.
 * Source: System V ABI, chapter 4 (Object Files); include/uapi/linux/elf.h, struct elf64_hdr and elf64_shdr.
 */
export function elfSection(object: Uint8Array, name: string): Uint8Array | null {
  const { sections, namesIndex } = sectionsOf(object);
  const names = sections[namesIndex];
  if (names === undefined) {
    throw new FormatError(
      `ELF: section ${namesIndex} should hold the names, and there are ${sections.length}`,
    );
  }
  const nameTable = bytesOf(object, names, 'ELF: the table of section names');
  const wanted = Buffer.from(`${name}\0`, 'utf8');
  const found = sections.find((section) => {
    const { nameOffset } = section;
    return wanted.equals(nameTable.subarray(nameOffset, nameOffset + wanted.length));
  });
  return found === undefined ? null : bytesOf(object, found, `ELF: section ${name}`);
}

function sectionsOf(object: Uint8Array): { sections: Section[]; namesIndex: number } {
  const header = viewOf(extentOf(object, 0, HEADER_BYTES, 'ELF: the file header'));
  if (header.getUint32(0) !== MAGIC) throw new FormatError('ELF: the magic number is missing');
  if (header.getUint8(4) !== CLASS_64 || header.getUint8(5) !== DATA_LITTLE_ENDIAN) {
    throw new FormatError('ELF: only 64-bit little-endian objects are read');
  }
  const tableOffset = offsetAt(header, 40, 'the section table');
  const entryBytes = header.getUint16(58, true);
  if (tableOffset === 0) return { sections: [], namesIndex: 0 };
  if (entryBytes < SECTION_HEADER_BYTES) {
    throw new FormatError(
      `ELF: a section header of ${entryBytes} bytes is shorter than ${SECTION_HEADER_BYTES}`,
    );
  }
  const sectionAt = (index: number): Section => {
    const at = tableOffset + index * entryBytes;
    return sectionOf(viewOf(extentOf(object, at, SECTION_HEADER_BYTES, `ELF: section header ${index}`)));
  };
  // Counts that don't fit the header's 16 bits stand in the otherwise unused section 0.
  const count = header.getUint16(60, true) || sectionAt(0).sizeBytes;
  const shortIndex = header.getUint16(62, true);
  const namesIndex = shortIndex === INDEX_ELSEWHERE ? sectionAt(0).link : shortIndex;
  extentOf(object, tableOffset, count * entryBytes, 'ELF: the section table');
  return { sections: Array.from({ length: count }, (_, index) => sectionAt(index)), namesIndex };
}

function sectionOf(header: DataView): Section {
  return {
    nameOffset: header.getUint32(0, true),
    type: header.getUint32(4, true),
    offset: offsetAt(header, 24, 'a section'),
    sizeBytes: offsetAt(header, 32, 'a section'),
    link: header.getUint32(40, true),
  };
}

function bytesOf(object: Uint8Array, section: Section, what: string): Uint8Array {
  if (section.type === TYPE_NOBITS) return new Uint8Array(0);
  return extentOf(object, section.offset, section.sizeBytes, what);
}

/** A 64-bit offset or size; beyond 2^53 no file can hold it and a double can't name it. */
function offsetAt(header: DataView, at: number, what: string): number {
  const value = header.getBigUint64(at, true);
  if (value > BigInt(Number.MAX_SAFE_INTEGER))
    throw new FormatError(`ELF: ${what} lies at or spans ${value} bytes`);
  return Number(value);
}
