import { execFileSync, spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { orNull } from '../../src/host/optionalFile.js';
import { groundTest } from '../kernel/devices/ground.js';
import { carryTraffic } from './traffic.js';
import { mainPath, run } from './vifscope.js';

const escapeCharacter = '\u001b';
const hasScript = orNull(() => execFileSync('script', ['--version'])) !== null;

/** Runs it on a terminal of so many columns; what `script` shows is what the terminal got. */
const onTerminal = (columns: number, args: readonly string[]): readonly string[] => [
  'script',
  '-qec',
  `stty cols ${columns} rows 50; '${process.execPath}' '${mainPath}' ${args.map((a) => `'${a}'`).join(' ')}`,
  '/dev/null',
];

async function show(columns: number, args: readonly string[], env: Record<string, string> = {}) {
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

/** What is seen of a line: without its colors. */
const seen = (line: string) => line.replaceAll(new RegExp(`${escapeCharacter}\\[[0-9;]*m`, 'g'), '');

if (!hasScript) console.error('skipped: tests on a terminal need `script`');
else {
  groundTest('a terminal gets colors and a plot; with NO_COLOR the plot alone', async (t, ground) => {
    const { glob } = await carryTraffic(ground);
    const args = ['snapshot', '--device', glob, '--duration', '300ms'];
    const colored = await show(150, args);
    t.true(colored.includes(escapeCharacter));
    const plain = await show(150, args, { NO_COLOR: '1' });
    t.false(plain.includes(escapeCharacter), plain);
    t.true(plain.includes('backlog'));
    const table = await run(t, args);
    t.true(plain.split('\n').length > table.stdout.split('\n').length + 5, 'a plot below the table');
    t.regex(colored, /measuring for 0\.3 s/, 'progress, where a person watches');
    t.false(table.stdout.includes(escapeCharacter), 'a pipe gets no colors');
  });

  groundTest(
    'lines fit terminals of any width, and one that tells no width is no obstacle',
    async (t, ground) => {
      const { glob } = await carryTraffic(ground);
      const args = ['snapshot', '--device', glob, '--duration', '300ms'];
      for (const columns of [80, 60]) {
        const lines = (await show(columns, args))
          .split('\n')
          .filter((line) => !/^(measuring|Missing|Accounting)/.test(line));
        for (const line of lines) t.true(seen(line).length <= columns, `${columns} columns: ${line}`);
      }
      for (const columns of [20, 0]) {
        const output = await show(columns, args);
        t.notRegex(output, /internal error|RangeError|^ {4}at /m, `${columns} columns`);
        t.regex(output, /backlog/, `${columns} columns`);
      }
    },
  );
}
