import { stripVTControlCharacters } from 'node:util';
import { groundTest } from '../kernel/devices/ground.js';
import { escapeCharacter, hasScript, show } from './onTerminal.js';
import { carryTraffic } from './traffic.js';
import { run } from './vifscope.js';

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
        for (const line of lines)
          t.true(stripVTControlCharacters(line).length <= columns, `${columns} columns: ${line}`);
      }
      for (const columns of [20, 0]) {
        const output = await show(columns, args);
        t.notRegex(output, /internal error|RangeError|^ {4}at /m, `${columns} columns`);
        t.regex(output, /backlog/, `${columns} columns`);
      }
    },
  );
}
