// Catches: a setting left out because it can't be read, which would look like one that is the same everywhere.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import test, { type ExecutionContext } from 'ava';
import { readHostSettings, readSurroundings } from '../../../src/bench/surroundings/host.js';
import { bootOption } from '../../../src/bench/surroundings/kernel.js';
import { optionOf, readKernelConfig } from '../../../src/host/kernelConfig.js';

/** A host made of these files. */
function hostOf(t: ExecutionContext, files: Readonly<Record<string, string | Uint8Array>>): string {
  const root = mkdtempSync(join(tmpdir(), 'vifscope-host-'));
  t.teardown(() => rmSync(root, { recursive: true }));
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), content);
  }
  return root;
}

const cpu = 'sys/devices/system/cpu';

test('a host that tells nothing is unknown in every respect', (t) => {
  const known = Object.entries(readHostSettings(hostOf(t, {}))).filter(([, value]) => value !== 'unknown');
  t.deepEqual(known, [['kvm', 'not there']]);
});

test('what a host tells is told, under the same names', (t) => {
  const root = hostOf(t, {
    'proc/cpuinfo': 'processor : 0\nmodel name\t: Fast CPU\nflags\t\t: fpu hypervisor sse\n',
    'proc/cmdline': 'quiet mitigations=off isolcpus=1 password=secret\n',
    'proc/config.gz': gzipSync('CONFIG_HZ=1000\nCONFIG_PREEMPT_VOLUNTARY=y\n# CONFIG_PREEMPT is not set\n'),
    'proc/sys/net/core/netdev_budget': '300\n',
    'proc/sys/net/ipv4/udp_mem': '1\t2\t3\n',
    'sys/class/dmi/id/sys_vendor': 'QEMU\n',
    'sys/kernel/security/lockdown': 'none [integrity] confidentiality\n',
    [`${cpu}/online`]: '0-1\n',
    [`${cpu}/isolated`]: '\n',
    [`${cpu}/nohz_full`]: ' (null)\n',
    [`${cpu}/cpu0/cpufreq/scaling_governor`]: 'performance\n',
    [`${cpu}/cpu1/cpufreq/scaling_governor`]: 'powersave\n',
    [`${cpu}/intel_pstate/no_turbo`]: '1\n',
    [`${cpu}/smt/active`]: '1\n',
    [`${cpu}/smt/control`]: 'on\n',
    [`${cpu}/vulnerabilities/meltdown`]: 'Vulnerable\n',
    'sys/devices/system/clocksource/clocksource0/current_clocksource': 'tsc\n',
  });
  const settings = readHostSettings(root);
  t.like(settings, {
    'cpu model': 'Fast CPU',
    'cpus online': '0-1',
    'cpus isolated': 'none',
    'cpus without ticks': 'none',
    'hyper-threading': 'on (on)',
    'frequency governor': 'performance, powersave',
    'frequency driver': 'unknown',
    'frequency boost': 'off',
    'clock source': 'tsc',
    virtualisation: 'a virtual machine, QEMU',
    lockdown: 'integrity',
    preemption: 'voluntary (as built)',
    'timer interrupts a second': '1000',
    'boot option mitigations': 'off',
    'boot option isolcpus': '1',
    'boot option nohz_full': 'not given',
    'net.core.netdev_budget': '300',
    'net.ipv4.udp_mem': '1 2 3',
    'vulnerability meltdown': 'Vulnerable',
  });
  t.false(JSON.stringify(settings).includes('secret'));
  const names = (facts: object) => Object.keys(facts).filter((name) => !name.startsWith('vulnerabilit'));
  t.deepEqual(names(settings), names(readHostSettings(hostOf(t, {}))));
});

test('how a kernel preempts is what runs, before what it was told, before what it was built for', (t) => {
  const files = {
    'proc/sys/kernel/osrelease': '6.1.0\n',
    'boot/config-6.1.0': 'CONFIG_PREEMPT_DYNAMIC=y\nCONFIG_PREEMPT=y\n',
  };
  const told = { ...files, 'proc/cmdline': 'preempt=voluntary\n' };
  const running = { ...told, 'sys/kernel/debug/sched/preempt': '(none) voluntary full lazy\n' };
  const preemption = (host: Record<string, string>) => readHostSettings(hostOf(t, host)).preemption;
  t.is(preemption(files), 'full (as built)');
  t.is(preemption(told), 'voluntary (told at boot)');
  t.is(preemption(running), 'none');
});

test('options of the command line and of the configuration are whole words', (t) => {
  t.is(bootOption('a tsc=reliable threadirqs', 'threadirqs'), 'given');
  t.is(bootOption('notsc=1 tsc=reliable tsc=unstable', 'tsc'), 'unstable');
  t.is(bootOption(null, 'tsc'), null);
  t.is(optionOf('CONFIG_HZ_250=y\nCONFIG_HZ=250\n', 'HZ'), '250');
  t.is(optionOf('CONFIG_HZ_250=y\n', 'HZ'), 'n');
  t.is(readKernelConfig(hostOf(t, {})), null);
});

test("this host's own surroundings are told, with the versions of what it runs", async (t) => {
  const surroundings = await readSurroundings();
  t.is(surroundings['version of node'], process.version);
  t.regex(surroundings['time of interrupts kept apart'] ?? '', /^(yes|no)$/);
  t.true(Object.values(surroundings).every((value) => value !== '' && !value.includes('\n')));
});
