// The plain loop in C: compiled, and run into a drain on one CPU.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { VifscopeError } from '../../errors.js';
import type { GeneratorInput } from '../children/messages.js';
import { commandText } from '../commandText.js';
import { payloadBytesOf } from '../packet.js';
import type { Scope } from '../scope.js';

const source = fileURLToPath(new URL('../../../../src/bench/sending/reference.c', import.meta.url));
const told = z.object({ packetsPerSecond: z.number(), sent: z.number(), late: z.number() });

export type ReferenceRun = z.infer<typeof told>;

export interface Reference {
  /** As many as it can send. */
  readonly most: () => Promise<ReferenceRun>;
  readonly onSchedule: (packetsPerSecond: number) => Promise<ReferenceRun>;
  /** On the schedule, but nothing is sent: the CPU alone. */
  readonly idle: (packetsPerSecond: number) => Promise<ReferenceRun>;
}

export async function buildReference(
  { netns, sinkAddresses, sinkPort }: GeneratorInput,
  { cpu, frameBytes, seconds }: Readonly<Record<'cpu' | 'frameBytes' | 'seconds', number>>,
  scope: Scope,
): Promise<Reference> {
  const directory = mkdtempSync(join(tmpdir(), 'vifscope-reference-'));
  scope.cleanup.add('remove the loop in C', () => rmSync(directory, { recursive: true }));
  const program = join(directory, 'reference');
  await run('clang-14', ['-O2', '-o', program, source], '--with-compiler');
  const start = [
    'netns',
    'exec',
    netns,
    'taskset',
    '-c',
    String(cpu),
    program,
    ...sinkAddresses,
    String(sinkPort),
  ];
  const send = async (bytes: number, ...rate: number[]) =>
    told.parse(JSON.parse(await run('ip', [...start, ...[bytes, seconds, ...rate].map(String)])));
  const bytes = payloadBytesOf(frameBytes);
  return {
    most: () => send(bytes),
    onSchedule: (packetsPerSecond) => send(bytes, packetsPerSecond),
    idle: (packetsPerSecond) => send(0, packetsPerSecond),
  };
}

async function run(command: string, args: readonly string[], option = ''): Promise<string> {
  const text = await commandText(command, args);
  if (text !== null) return text;
  throw new VifscopeError({
    code: 'LIBRARY_MISSING',
    operation: 'run',
    object: command,
    reason: 'it is not installed',
    remedy: `run scripts/setup.sh ${option}`.trim(),
  });
}
