// Program: prints the layouts of a BPF object's contract as TypeScript, or with --check says whether the committed
// ones are those. Usage: generate.js OBJECT [--check [LAYOUT]]. Exits 0, 1 when they differ or can't be made, 2.
import { readFileSync } from 'node:fs';
import { ExitCode, reasonOf } from '../errors.js';
import { parseBtf } from './btf.js';
import { elfSection } from './elf.js';
import { FormatError } from './formatError.js';
import { layoutSource } from './layoutSource.js';

const COMMITTED_LAYOUT = 'src/abi/layout.ts';
const COMMAND = `node dist/src/abi/generate.js bpf/vifscope.bpf.o > ${COMMITTED_LAYOUT}`;

function run(words: readonly string[]): ExitCode {
  const [objectPath, layoutPath = COMMITTED_LAYOUT, ...excess] = words.filter((word) => word !== '--check');
  if (objectPath === undefined || excess.length > 0 || words.some(isUnknownOption)) {
    process.stderr.write('usage: generate.js OBJECT [--check [LAYOUT]]\n');
    return ExitCode.usage;
  }
  const source = layoutOf(objectPath);
  if (!words.includes('--check')) {
    process.stdout.write(source);
    return ExitCode.ok;
  }
  if (readFileSync(layoutPath, 'utf8') === source) return ExitCode.ok;
  process.stderr.write(`${layoutPath} is not what ${objectPath} says; run ${COMMAND}\n`);
  return ExitCode.failed;
}

const isUnknownOption = (word: string): boolean => word.startsWith('-') && word !== '--check';

function layoutOf(objectPath: string): string {
  const btf = elfSection(readFileSync(objectPath), '.BTF');
  if (btf === null) throw new FormatError('ELF: there is no section .BTF; compile with -g');
  return layoutSource(parseBtf(btf), COMMAND);
}

try {
  process.exitCode = run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`cannot generate layouts: ${reasonOf(error)}\n`);
  process.exitCode = ExitCode.failed;
}
