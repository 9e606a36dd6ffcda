import test from 'ava';
import fc from 'fast-check';
import { type ArchiveEntry, archive, directory, file } from '../../src/bench/guest/cpio.js';

/** A reader as the format's description has it, so that writer and reader share nothing. */
function readArchive(bytes: Buffer): { name: string; mode: number; data: Buffer }[] {
  const entries = [];
  let offset = 0;
  for (;;) {
    const field = (index: number) => {
      const start = offset + 6 + index * 8;
      return Number.parseInt(bytes.toString('latin1', start, start + 8), 16);
    };
    if (bytes.toString('latin1', offset, offset + 6) !== '070701') throw new Error(`no header at ${offset}`);
    const [mode, dataBytes, nameBytes] = [field(1), field(6), field(11)];
    const name = bytes.toString('utf8', offset + 110, offset + 110 + nameBytes - 1);
    const dataStart = Math.ceil((offset + 110 + nameBytes) / 4) * 4;
    if (name === 'TRAILER!!!') return entries;
    entries.push({ name, mode, data: bytes.subarray(dataStart, dataStart + dataBytes) });
    offset = Math.ceil((dataStart + dataBytes) / 4) * 4;
  }
}

test('what is archived is read back, whatever the lengths of names and data', (t) => {
  const names = fc.stringMatching(/^[a-z][a-z0-9/._-]{0,30}$/);
  const files = fc.record({ name: names, data: fc.uint8Array({ maxLength: 50 }) });
  fc.assert(
    fc.property(fc.array(files, { maxLength: 8 }), (list) => {
      const entries: ArchiveEntry[] = [
        directory('modules'),
        ...list.map(({ name, data }) => file(name, Buffer.from(data), 0o755)),
      ];
      t.deepEqual(readArchive(archive(entries)), entries);
    }),
  );
});

test('directories and files carry their type', (t) => {
  t.is(directory('bin').mode, 0o40755);
  t.is(file('init', Buffer.alloc(0), 0o755).mode, 0o100755);
});
