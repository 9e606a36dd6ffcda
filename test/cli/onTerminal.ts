// Runs the command line on a terminal of a given size; what `script` shows is what the terminal got.
import { execFileSync, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { orNull } from '../../src/host/optionalFile.js';
import { mainPath } from './vifscope.js';

export const escapeCharacter = '\u001b';
export const hasScript = orNull(() => execFileSync('script', ['--version'])) !== null;

const rows = 50;

const onTerminal = (columns: number, args: readonly string[]): readonly string[] => [
  'script',
  '-qec',
  `stty cols ${columns} rows ${rows}; '${process.execPath}' '${mainPath}' ${args.map((a) => `'${a}'`).join(' ')}`,
  '/dev/null',
];

export async function show(columns: number, args: readonly string[], env: Record<string, string> = {}) {
  const [command = '', ...rest] = onTerminal(columns, args);
  const { NO_COLOR: _, ...inherited } = process.env;
  const child = spawn(command, rest, {
    stdio: ['ignore', 'pipe', 'inherit'],
    timeout: 30_000,
    env: { ...inherited, TERM: 'xterm', ...env },
  });
  const output = await text(child.stdout);
  return output.replaceAll('\r\n', '\n');
}
