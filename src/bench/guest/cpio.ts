// Writes a cpio archive in the "newc" form, which is what the kernel unpacks as its initramfs.
// The form: Documentation/driver-api/early-userspace/buffer-format.rst.

export interface ArchiveEntry {
  /** Without a leading slash; directories come before what is in them. */
  readonly name: string;
  /** File type and permission bits, as in st_mode. */
  readonly mode: number;
  readonly data: Buffer;
}

const regularFile = 0o100000;
const directoryType = 0o040000;

export const directory = (name: string): ArchiveEntry => ({
  name,
  mode: directoryType | 0o755,
  data: Buffer.alloc(0),
});

export const file = (name: string, data: Buffer, permissions: 0o644 | 0o755): ArchiveEntry => ({
  name,
  mode: regularFile | permissions,
  data,
});

const padding = (byteLength: number) => Buffer.alloc((4 - (byteLength % 4)) % 4);

function member({ name, mode, data }: ArchiveEntry, inode: number): Buffer[] {
  const nameBytes = Buffer.from(`${name}\0`);
  // inode, mode, uid, gid, links, mtime, size, device and rdevice numbers, name size, checksum (unused).
  const fields = [inode, mode, 0, 0, 1, 0, data.length, 0, 0, 0, 0, nameBytes.length, 0];
  const header = `070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`;
  const head = Buffer.concat([Buffer.from(header), nameBytes]);
  return [head, padding(head.length), data, padding(data.length)];
}

export function archive(entries: readonly ArchiveEntry[]): Buffer {
  const trailer: ArchiveEntry = { name: 'TRAILER!!!', mode: 0, data: Buffer.alloc(0) };
  return Buffer.concat([...entries, trailer].flatMap((entry, index) => member(entry, index + 1)));
}
