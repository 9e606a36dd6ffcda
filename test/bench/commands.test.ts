// vifscope bench by its command line: how runs end that do not go well, and what is left of them.
// Catches: a run that leaves namespaces, processes or half a result behind, and an end that does not say why.
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { removeLeftovers } from '../../src/bench/namespaces.js';
import { readResult } from '../../src/bench/report/directory.js';
import { assertClean, assertMessage, type RunOptions, run, start } from '../cli/vifscope.js';
import { netnsOf, realTest, waitUntil } from './realHost.js';
import { samplePath, sampleResult } from './sampleResult.js';

const short = ({ repeats = 1, duration = '200ms', rate = 5_000 } = {}) =>
  `--no-ceiling --quick --repeats ${repeats} --duration ${duration} --rate ${rate}`.split(' ');
const qemu = 'qemu-system-x86_64';

function temporaryDirectory(t: ExecutionContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'vifscope-bench-'));
  t.teardown(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

/** Runs it to its end: whatever that is, nothing is left. */
async function benchRun(t: ExecutionContext, out: string, args: readonly string[], options: RunOptions = {}) {
  const { child, ended } = start(['bench', 'run', '--out', out, ...args], options);
  const outcome = await ended;
  assertClean(t, child, outcome);
  t.deepEqual(netnsOf(child.pid ?? 0), []);
  return outcome;
}

/** Waits until the result says that this path, by its place, is being measured. */
const untilMeasuring = (out: string, place: number): Promise<boolean> =>
  waitUntil(() => {
    if (!existsSync(join(out, 'result.json'))) return false;
    return Object.keys(readResult(out).paths[place]?.settings ?? {}).length > 0;
  }, 25);

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  realTest(
    'veth',
    `${signal} in the midst of a run: everything removed, what was measured kept`,
    async (t) => {
      const out = join(temporaryDirectory(t), 'out');
      const paths = ['--path', 'veth', '--path', 'bridge'];
      const running = start([
        'bench',
        'run',
        ...short({ repeats: 2, duration: '2s' }),
        ...paths,
        '--out',
        out,
      ]);
      t.true(await untilMeasuring(out, 1));
      running.child.kill(signal);
      running.child.kill(signal);
      const outcome = await running.ended;
      t.is(outcome.status, 130, outcome.stderr);
      t.regex(outcome.stderr, /interrupted, everything removed; what was measured is in /);
      assertClean(t, running.child, outcome);
      t.deepEqual(netnsOf(running.child.pid ?? 0), []);
      const { interruption, paths: measured } = readResult(out);
      t.is(interruption, 'interrupted');
      t.is(measured[0]?.state, 'measured');
      t.is(measured[1]?.state, 'partial');
      t.regex(readFileSync(join(out, 'report.md'), 'utf8'), /interrupted/);
    },
  );

realTest(
  'veth',
  'killed outright: no process stays, the result says so, the next run removes the rest',
  async (t) => {
    const out = join(temporaryDirectory(t), 'out');
    const running = start(['bench', 'run', ...short({ duration: '10s' }), '--path', 'veth', '--out', out]);
    t.true(await untilMeasuring(out, 0));
    running.child.kill('SIGKILL');
    const outcome = await running.ended;
    t.is(outcome.signal, 'SIGKILL');
    const pid = running.child.pid ?? 0;
    t.true(netnsOf(pid).length > 0, 'there is something to remove');
    const { interruption, paths } = readResult(out);
    t.is(interruption, 'not ended yet');
    t.like(paths[0], { path: 'veth', state: 'partial', reason: 'not ended yet' });
    await removeLeftovers();
    t.deepEqual(netnsOf(pid), []);
    assertClean(t, running.child, outcome);
  },
);

realTest('tun', 'a forwarder that dies under way: its path is marked, the others are measured', async (t) => {
  const out = join(temporaryDirectory(t), 'out');
  const dies =
    'timeout -s KILL 4 socat TUN,iff-no-pi,tun-type=tun,tun-name={in} TUN,iff-no-pi,tun-type=tun,tun-name={out}';
  const paths = ['--path', 'veth', '--path', 'tun'];
  const outcome = await benchRun(t, out, [...short({ duration: '4s' }), ...paths, '--forwarder', dies]);
  t.is(outcome.status, 1, outcome.stderr);
  const { interruption, paths: measured } = readResult(out);
  t.is(interruption, null);
  t.is(measured[0]?.state, 'measured');
  t.is(measured[1]?.state, 'failed');
  t.regex(measured[1]?.reason ?? '', /its forwarder has gone: killed by SIGKILL/);
  t.regex(outcome.stdout, /its forwarder has gone/);
});

realTest('tun', 'a forwarder whose device is taken says so', async (t) => {
  const out = join(temporaryDirectory(t), 'out');
  const takesTwice =
    'socat TUN,iff-no-pi,tun-type=tun,tun-name={in} TUN,iff-no-pi,tun-type=tun,tun-name={in},{out}';
  const outcome = await benchRun(t, out, [...short(), '--path', 'tun', '--forwarder', takesTwice]);
  t.is(outcome.status, 1, outcome.stderr);
  const [path] = readResult(out).paths;
  t.is(path?.state, 'failed');
  t.regex(path?.reason ?? '', /cannot start the forwarder `socat .*`: ended with status 1/);
});

/** A QEMU that is started through another command. */
function qemuThrough(t: ExecutionContext, command: string): RunOptions {
  const directory = temporaryDirectory(t);
  const real = process.env.PATH?.split(':').find((folder) => existsSync(join(folder, qemu)));
  writeFileSync(join(directory, qemu), `#!/bin/sh\nexec ${command} ${join(real ?? '', qemu)} "$@"\n`);
  chmodSync(join(directory, qemu), 0o755);
  return { env: { PATH: `${directory}:${process.env.PATH}` } };
}

for (const [title, command, reason] of [
  ['for which there is too little memory', 'prlimit --as=300000000', /annot allocate memory/],
  ['that never boots', 'timeout -s KILL 1', /killed by SIGKILL/],
] as const)
  realTest('tap', `a guest ${title} is named as the cause`, async (t) => {
    const out = join(temporaryDirectory(t), 'out');
    const outcome = await benchRun(t, out, [...short(), '--path', 'tap'], qemuThrough(t, command));
    t.is(outcome.status, 1, outcome.stderr);
    const [path] = readResult(out).paths;
    t.like(path, { path: 'tap', state: 'failed' });
    t.regex(path?.reason ?? '', /^cannot boot the guest: /);
    t.regex(path?.reason ?? '', reason);
  });

realTest('tap', 'without KVM the guest is emulated, which the result says', async (t) => {
  const out = join(temporaryDirectory(t), 'out');
  const outcome = await benchRun(t, out, [...short({ rate: 500 }), '--path', 'tap']);
  t.is(outcome.status, 0, outcome.stderr);
  const [path] = readResult(out).paths;
  const accelerator = path?.settings['accelerator'];
  t.true(accelerator === 'kvm' || accelerator === 'tcg');
  t.is(accelerator === 'tcg', /tap.*emulated/i.test(outcome.stdout), outcome.stdout);
  t.is(path?.settings['vhost'], existsSync('/dev/vhost-net') ? 'on' : 'off');
});

realTest(
  'veth',
  'a host on which nothing can be built ends the run with 4, and says what it lacks',
  async (t) => {
    // Everybody may write there, as the one who runs it now is nobody.
    const out = join(temporaryDirectory(t), 'out');
    mkdirSync(out);
    chmodSync(dirname(out), 0o755);
    chmodSync(out, 0o777);
    const through = ['setpriv', '--reuid', '65534', '--regid', '65534', '--clear-groups'];
    const outcome = await benchRun(t, out, [...short(), '--path', 'veth'], { through });
    t.is(outcome.status, 4, outcome.stderr);
    assertMessage(t, outcome, /^vifscope: cannot run ip netns add .*; run as root/m);
    const { interruption, paths } = readResult(out);
    t.regex(interruption ?? '', /ip netns add/);
    t.deepEqual(paths, []);
  },
);

const misuses: readonly (readonly [args: readonly string[], message: RegExp])[] = [
  [['--rate', '0'], /the rate must be above 0/],
  [['--rate', 'many'], /the rate must be above 0/],
  [['--size', '63'], /frames have 64 to 1514 bytes/],
  [['--size', '1515'], /frames have 64 to 1514 bytes/],
  [['--flows', '10001'], /there are 1 to 10000 flows/],
  [['--burst', '0'], /a burst has one packet or more/],
  [['--duration', 'long'], /"long"/],
  [['--repeats', '0'], /--repeats "0".*not a whole number from 1/],
  [['--forwarder', 'cat'], /--forwarder "cat".*neither socat nor a command with \{in\} and \{out\}/],
  [['--qdisc', 'fast'], /--qdisc "fast".*none of pfifo/],
  [
    ['--qdisc', 'pfifo', '--tap', 'tap0', '--guest', '192.0.2.1'],
    /--qdisc "pfifo".*not put on a tap of others/,
  ],
  [['--guest-queues', '99'], /--guest-queues "99".*not a whole number/],
  [['--tap', 'tap0'], /guest/],
  [['--tap', 'tap0', '--guest', 'somewhere'], /--guest "somewhere".*not an IPv4 address/],
  [['--path', 'wire'], /path/],
  [['--rate', '1', '--rate', '2'], /--rate.*given more than once/],
];

for (const [args, message] of misuses)
  test.serial(`vifscope bench run ${args.join(' ')}: refused as misuse, and nothing is made`, async (t) => {
    const out = join(temporaryDirectory(t), 'out');
    const outcome = await run(t, ['bench', 'run', '--out', out, ...args]);
    t.is(outcome.status, 2, outcome.stderr);
    t.regex(outcome.stderr.replaceAll('\n', ' '), message);
    assertMessage(t, outcome, /./);
    t.false(existsSync(out));
  });

test.serial('a directory with other things in it is no place for a result', async (t) => {
  const out = temporaryDirectory(t);
  writeFileSync(join(out, 'precious'), '');
  const outcome = await run(t, ['bench', 'run', '--out', out]);
  t.is(outcome.status, 2);
  assertMessage(t, outcome, /it holds something else than a result/);
});

test.serial(
  'bench compare exits with 3 where something got really worse, diagnose reads what is there',
  async (t) => {
    const directory = temporaryDirectory(t);
    const [before, after] = [join(directory, 'before'), join(directory, 'after')];
    for (const [place, ceilings] of [
      [before, [200_000, 201_000, 199_000]],
      [after, [100_000, 101_000, 99_000]],
    ] as const) {
      mkdirSync(place);
      writeFileSync(
        join(place, 'result.json'),
        JSON.stringify(sampleResult({ paths: [samplePath('veth', ceilings)] })),
      );
    }
    t.is((await run(t, ['bench', 'compare', before, before])).status, 0);
    const worse = await run(t, ['bench', 'compare', before, after]);
    t.is(worse.status, 3, worse.stderr);
    t.is((await run(t, ['bench', 'compare', before, after, '--bound', '1000%'])).status, 0);
    t.is((await run(t, ['bench', 'diagnose', before])).status, 0);
  },
);

for (const [title, content, message] of [
  ['is none', 'hello', /is not valid JSON|Unexpected token/],
  ['is of another version', '{"version":2}', /version/],
] as const)
  test.serial(`a result that ${title} is refused by compare and diagnose`, async (t) => {
    const directory = temporaryDirectory(t);
    writeFileSync(join(directory, 'result.json'), content);
    for (const args of [
      ['compare', directory, directory],
      ['diagnose', directory],
    ]) {
      const outcome = await run(t, ['bench', ...args]);
      t.is(outcome.status, 2);
      assertMessage(t, outcome, message);
    }
  });
