import { readFileSync } from 'node:fs';
import { availableParallelism, release } from 'node:os';
import test from 'ava';
import { parseBtf } from '../../src/abi/btf.js';
import { readHostFacts, readKernelFacts, readPossibleCpus } from '../../src/host/facts.js';
import { readKernelBtf } from '../../src/host/kernelBtf.js';
import { BtfWriter } from '../abi/btfWriter.js';
import { hostTree } from './tree.js';

test('a Debian host, file by file', (t) => {
  const paths = hostTree(t, {
    'proc/sys/kernel/osrelease': '5.10.0-28-amd64\n',
    'proc/sys/kernel/perf_event_paranoid': '3\n',
    'proc/sys/kernel/unprivileged_bpf_disabled': '2\n',
    'proc/sys/net/core/bpf_jit_enable': '1\n',
    'sys/kernel/btf/vmlinux': 'x'.repeat(1_000),
    'sys/kernel/security/lockdown': 'none [integrity] confidentiality\n',
    'sys/devices/system/cpu/possible': '0-7\n',
    'sys/devices/system/cpu/online': '0-1,4\n',
    'sys/module/veth/initstate': 'live\n',
    'lib/modules/5.10.0-28-amd64/modules.builtin': 'kernel/net/core/fun.ko\n',
    'lib/modules/5.10.0-28-amd64/modules.dep': 'kernel/drivers/net/tun.ko.xz: kernel/x.ko\n',
    'proc/self/status': 'CapEff:\t000000c000000000\n',
    'proc/self/limits': 'Max locked memory         65536                65536                bytes     \n',
    'proc/self/ns/user': '',
    'dev/kvm': '',
  });
  t.deepEqual(readKernelFacts(null, paths), {
    kernelRelease: '5.10.0-28-amd64',
    btfBytes: 1_000,
    perfEventParanoid: 3,
    unprivilegedBpfDisabled: 2,
    bpfJitEnable: 1,
    lockdown: 'integrity',
    drivers: { tun: 'loadable', veth: 'loaded' },
    kvm: 'usable',
    possibleCpus: 8,
    onlineCpus: 3,
    capabilities: new Set(['CAP_PERFMON', 'CAP_BPF'] as const),
    inInitialUserNamespace: false,
    memlockLimit: { state: 'limited', softBytes: 65_536 },
  });
});

test('a host that shows nothing', (t) => {
  t.like(readKernelFacts(null, hostTree(t, {})), {
    kernelRelease: 'unknown',
    btfBytes: null,
    perfEventParanoid: null,
    bpfJitEnable: null,
    lockdown: 'unknown',
    drivers: { tun: 'unknown', veth: 'unknown' },
    kvm: 'absent',
    possibleCpus: 0,
    inInitialUserNamespace: null,
    memlockLimit: null,
  });
});

test('a driver is built in when the kernel has its types or lists it, and absent when nothing has it', (t) => {
  const writer = new BtfWriter();
  writer.struct('tun_struct', 8, []);
  const modules = 'lib/modules/unknown';
  const paths = hostTree(t, {
    // A directory without a state: built in, with parameters.
    'sys/module/veth/parameters/x': '',
    [`${modules}/modules.builtin`]: 'kernel/drivers/net/veth.ko\n',
    [`${modules}/modules.dep`]: '',
  });
  t.deepEqual(readKernelFacts(parseBtf(writer.bytes()), paths).drivers, { tun: 'builtin', veth: 'builtin' });
  const without = hostTree(t, { [`${modules}/modules.dep`]: 'kernel/drivers/net/mytun.ko:\n' });
  t.deepEqual(readKernelFacts(null, without).drivers, { tun: 'absent', veth: 'absent' });
});

test('this host', (t) => {
  const facts = readKernelFacts(readKernelBtf());
  t.is(facts.kernelRelease, release());
  t.true(facts.onlineCpus >= availableParallelism());
  t.true(facts.possibleCpus >= facts.onlineCpus);
  t.is(readPossibleCpus(), facts.possibleCpus);
  if (process.getuid?.() !== 0) t.false(facts.capabilities.has('CAP_SYS_ADMIN'));

  const { vifscope, libbpf, kernel, cpus } = readHostFacts('1.1.2');
  const manifest: unknown = JSON.parse(
    readFileSync(new URL('../../../package.json', import.meta.url), 'utf8'),
  );
  t.like(manifest, { version: vifscope });
  t.deepEqual({ libbpf, kernel, cpus }, { libbpf: '1.1.2', kernel: release(), cpus: facts.onlineCpus });
});
