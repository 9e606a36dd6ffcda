import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { ExecutionContext } from 'ava';
import { listen, sender } from '../kernel/devices/flow.js';
import { type Ground, groundTest, ipBatch } from '../kernel/devices/ground.js';
import { pairCommands, rightAddress } from '../kernel/devices/links.js';
import { carryTraffic } from './traffic.js';
import { mainPath, start } from './vifscope.js';

/** What `vifscope … | command` gives: the exit code of vifscope itself, and what came on stderr. */
async function piped(args: readonly string[], command: string) {
  const script = `"$0" "$@" | ${command}; echo "\${PIPESTATUS[0]}"`;
  const shell = spawn('bash', ['-c', script, process.execPath, mainPath, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 30_000,
  });
  const [stdout, stderr] = await Promise.all([text(shell.stdout), text(shell.stderr)]);
  const lines = stdout.trimEnd().split('\n');
  return { status: Number(lines.pop()), lines, stderr };
}

async function assertSurvives(
  t: ExecutionContext,
  args: readonly string[],
  command: string,
): Promise<string[]> {
  const { status, lines, stderr } = await piped(args, command);
  t.deepEqual([status, stderr], [0, ''], `${args.join(' ')} | ${command}`);
  return lines;
}

groundTest('the table, JSON, CSV, top and doctor survive | head -1', async (t, ground) => {
  const { glob } = await carryTraffic(ground);
  const snapshot = ['snapshot', '--device', glob, '--duration', '300ms'];
  const top = ['top', '--device', glob, '--interval', '200ms'];
  const snapshots = [snapshot, [...snapshot, '--json'], [...snapshot, '--csv']];
  for (const args of [...snapshots, top, [...top, '--json'], ['doctor'], ['--help']])
    t.is((await assertSurvives(t, args, 'head -1')).length, 1);
  t.deepEqual(await assertSurvives(t, snapshot, 'true'), [], 'nobody reads at all');
});

const pairs = 100;

async function carryManyPairs(ground: Ground): Promise<string> {
  const [a, b] = [await ground.netns(), await ground.netns()];
  const numbers = Array.from({ length: pairs }, (_, index) => index + 1);
  const commands = numbers.map((number) =>
    pairCommands({ left: `l${number}`, right: `r${number}`, leftNetns: a, rightNetns: b, number }),
  );
  await ipBatch(
    a,
    commands.flatMap(({ left }) => left),
  );
  await ipBatch(
    b,
    commands.flatMap(({ right }) => right),
  );
  listen(ground, b);
  const sends = numbers.map((number) => sender(ground, a, rightAddress(number)));
  const timer = setInterval(() => {
    for (const send of sends) send(1);
  }, 20);
  ground.cleanup.add('end the traffic', () => clearInterval(timer));
  return `{${a},${b}}/*`;
}

groundTest(
  'output longer than a pipe holds survives | head -1, and is whole otherwise',
  async (t, ground) => {
    const glob = await carryManyPairs(ground);
    const args = ['snapshot', '--device', glob, '--duration', '1s', '--json'];
    t.is((await assertSurvives(t, args, 'head -1')).length, 1);
    await assertSurvives(t, args, 'head -c 100000 >/dev/null');
    const whole = (await assertSurvives(t, args, '(sleep 1; cat)')).join('\n');
    t.true(whole.length > 2 * 65_536, `${whole.length} characters`);
    t.notThrows(() => JSON.parse(whole));
  },
);

groundTest('a threshold is judged though nobody reads', async (t, ground) => {
  const { glob } = await carryTraffic(ground);
  const { child, ended } = start([
    'snapshot',
    '--device',
    glob,
    '--duration',
    '300ms',
    '--fail-above',
    'max=1ns',
  ]);
  child.stdout?.destroy();
  t.is((await ended).status, 3);
});
