// vifscope trace as a user runs it: what ends it, what it prints, and what it refuses.
import { setTimeout as sleep } from 'node:timers/promises';
import test from 'ava';
import type { ReportedPacket } from '../../src/trace/report.js';
import { groundTest } from '../kernel/devices/ground.js';
import { carryTraffic } from './traffic.js';
import { assertClean, assertMessage, run, start, untilAttached } from './vifscope.js';

const misuses: readonly { readonly args: readonly string[]; readonly message: RegExp }[] = [
  { args: ['--slower-than', 'soon'], message: /"soon".*--slower-than 200us/ },
  { args: ['--slower-than', '0us'], message: /"0us".*1 ns/ },
  { args: ['--slower-than', '5'], message: /"5"/ },
  { args: ['--slower-than'], message: /slower-than/ },
  { args: ['--slower-than', '1ms', '--slower-than', '2ms'], message: /more than once/ },
  { args: ['--count', '0'], message: /"0".*from 1 on/ },
  { args: ['--count', 'many'], message: /"many"/ },
  { args: ['--duration', '0'], message: /"0".*measures nothing/ },
  { args: ['--device'], message: /device/ },
  { args: ['tap0'], message: /tap0/ },
];

for (const { args, message } of misuses) {
  test.serial(`vifscope trace ${args.join(' ')}: refused as misuse`, async (t) => {
    const outcome = await run(t, ['trace', ...args]);
    t.deepEqual([outcome.status, outcome.stdout], [2, ''], outcome.stderr);
    assertMessage(t, outcome, message);
  });
}

const ending = /^(\d+) slow waits seen, (\d+) packets printed; [\d,]+ turned away by the limit( \(.*\))?; /;

groundTest('--count ends a trace after so many packets, one object a line', async (t, ground) => {
  const { glob } = await carryTraffic(ground);
  const args = ['trace', '--device', glob, '--slower-than', '1ns', '--count', '3', '--json'];
  const { status, stdout, stderr } = await run(t, args);
  t.is(status, 0, stderr);
  const packets = stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as ReportedPacket);
  t.is(packets.length, 3);
  for (const { waits, steps, time } of packets) {
    t.true(waits.length > 0 && steps.length >= 2);
    t.true(Math.abs(Date.now() - Date.parse(time)) < 60_000, time);
    for (const wait of waits) t.true(glob.includes(`${wait.netns}/${wait.device}`));
  }
  const [, seen, printed] = ending.exec(stderr) ?? [];
  t.true(Number(seen) >= 3, stderr);
  t.is(printed, '3');
});

groundTest(
  'a block a packet, each with a sentence; packets that are all alike have no way',
  async (t, ground) => {
    const { glob } = await carryTraffic(ground);
    const args = ['trace', '--device', glob, '--slower-than', '1ns', '--count', '4'];
    const { status, stdout, stderr } = await run(t, args);
    t.is(status, 0, stderr);
    const blocks = stdout.trimEnd().split('\n\n');
    t.is(blocks.length, 4);
    for (const block of blocks) {
      t.regex(block, /^\d\d:\d\d:\d\d\.\d{3} {2}vift-\S+\/v[01] (driver|backlog) \S+ \Ss {2}/);
      t.regex(block, /^ +0 ns +sent (on|towards) vift-/m);
      t.regex(block, /^ {2}(\w+: )?[A-Z].*\.$/m);
    }
  },
);

groundTest(
  'Ctrl-C ends a trace, and so does its duration: with what was seen, and code 0',
  async (t, ground) => {
    const { glob } = await carryTraffic(ground);
    const args = ['trace', '--device', glob, '--slower-than', '60s'];
    const { child, ended } = start(args);
    await untilAttached(t, child);
    await sleep(300);
    child.kill('SIGINT');
    const interrupted = await ended;
    assertClean(t, child, interrupted);
    const timed = await run(t, [...args, '--duration', '500ms']);
    for (const { status, stdout, stderr } of [interrupted, timed]) {
      t.deepEqual([status, stdout], [0, '']);
      t.regex(
        stderr,
        /^0 slow waits seen, 0 packets printed; 0 turned away by the limit; one packet in 1 followed/,
      );
    }
  },
);

groundTest('a glob that no device has is misuse', async (t) => {
  const outcome = await run(t, ['trace', '--device', 'no-such-device*', '--duration', '200ms']);
  t.is(outcome.status, 2);
  assertMessage(t, outcome, /no-such-device/);
});

const isRoot = process.geteuid?.() === 0;
const powerless = ['setpriv', '--bounding-set=-all', '--inh-caps=-all', '--ambient-caps=-all', '--'];

(isRoot ? test.serial : test.skip)(
  'without privileges: code 4, and what is missing (needs root)',
  async (t) => {
    const outcome = await run(t, ['trace', '--duration', '20'], { through: powerless });
    t.deepEqual([outcome.status, outcome.stdout], [4, ''], outcome.stderr);
    assertMessage(t, outcome, /CAP_/);
  },
);

test.serial('help needs neither root nor libbpf', async (t) => {
  const { status, stdout } = await run(t, ['trace', '--help'], {
    env: { VIFSCOPE_LIBBPF: 'libnothing.so.9' },
  });
  t.is(status, 0);
  for (const option of ['--slower-than', '--device', '--count', '--duration', '--json'])
    t.true(stdout.includes(option), option);
});
