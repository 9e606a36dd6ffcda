// The programs' packet parser as a user-space program: bpf/journey.h compiled by whatever C compiler is there.
// In: packets as an skb holds them. Out: their contents, and whether a read went astray.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import test, { type ExecutionContext } from 'ava';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const compilers = ['clang-14', 'cc'];
const flags = [
  '-O1 -Wall -Werror -Wno-attributes -Wno-unknown-pragmas -Wno-unused',
  // What C leaves undefined ends the program.
  '-fsanitize=undefined -fsanitize-undefined-trap-on-error',
].flatMap((text) => text.split(' '));
const questionBytes = 12;
const answerBytes = 16;

/** A packet as an skb holds it: frame, and where in it the network header and the data begin. */
export interface Held {
  readonly frame: Buffer;
  /** skb->protocol */
  readonly protocol: number;
  readonly network: number;
  readonly data: number;
  /** As in enum vs_point. */
  readonly point: number;
}

export interface Answer {
  /** 0n: none. */
  readonly content: bigint;
  /** It has read beyond what an skb always has. */
  readonly hasStrayed: boolean;
}

/** What lies around the packet is `filler`, which must not matter. */
export type Parser = (packets: readonly Held[], filler: number) => Answer[];

/** A compiler that makes a program out of one that needs the C library alone; null: none. */
function findCompiler(): string | null {
  const works = (compiler: string): boolean => {
    try {
      const input = '#include <stdio.h>\nint main(void) { return puts("") < 0; }\n';
      execFileSync(compiler, ['-x', 'c', '-', '-o', '/dev/null'], {
        input,
        stdio: ['pipe', 'ignore', 'ignore'],
      });
      return true;
    } catch {
      return false;
    }
  };
  return compilers.find(works) ?? null;
}

const compiler = findCompiler();
let folder: string | null = null;
let built: string | null = null;

function parserProgram(): string {
  if (built !== null) return built;
  folder = mkdtempSync(join(tmpdir(), 'vifscope-parser-'));
  const program = join(folder, 'parser');
  const source = join(root, 'test/fingerprint/parser.c');
  execFileSync(compiler ?? '', [...flags, `-I${join(root, 'bpf')}`, source, '-o', program]);
  built = program;
  return built;
}

const questionOf = ({ frame, protocol, network, data, point }: Held, filler: number): Buffer => {
  const question = Buffer.alloc(questionBytes);
  question.writeUInt32LE(frame.length, 0);
  question.writeUInt16LE(protocol, 4);
  question.writeUInt16LE(network, 6);
  question.writeUInt16LE(data, 8);
  question.writeUInt8(point, 10);
  question.writeUInt8(filler, 11);
  return question;
};

function ask(packets: readonly Held[], filler: number): Answer[] {
  const input = Buffer.concat(packets.flatMap((packet) => [questionOf(packet, filler), packet.frame]));
  const output = execFileSync(parserProgram(), { input, maxBuffer: answerBytes * (packets.length + 1) });
  if (output.length !== answerBytes * packets.length) throw new Error('the parser has not answered all');
  return packets.map((_, at) => ({
    content: output.readBigUInt64LE(at * answerBytes),
    hasStrayed: output.readBigUInt64LE(at * answerBytes + 8) !== 0n,
  }));
}

/** A test of the parser; skipped by name where there is no compiler. */
export function parserTest(title: string, body: (t: ExecutionContext, ask: Parser) => void): void {
  if (compiler === null)
    test.skip(`${title} (skipped: C compiler: none of ${compilers.join(', ')} with a C library is here)`, () => {});
  else test.serial(title, (t) => body(t, ask));
}

test.after.always('remove the parser', () => {
  if (folder !== null) rmSync(folder, { recursive: true });
});
