import test from 'ava';
import { checkHost } from '../../src/host/checks.js';
import type { KernelFacts } from '../../src/host/facts.js';

const goodHost: KernelFacts = {
  kernelRelease: '6.12.107',
  btfBytes: 5_515_646,
  perfEventParanoid: 3,
  unprivilegedBpfDisabled: 2,
  bpfJitEnable: 1,
  lockdown: 'none',
  drivers: { tun: 'loaded', veth: 'builtin' },
  kvm: 'usable',
  possibleCpus: 2,
  onlineCpus: 2,
  capabilities: new Set(['CAP_SYS_ADMIN', 'CAP_NET_ADMIN']),
  inInitialUserNamespace: true,
  memlockLimit: { state: 'limited', softBytes: 65_536 },
};

/** What is not well on the good host with these facts changed: "name state". */
const complaints = (changes: Partial<KernelFacts>): string[] =>
  checkHost({ ...goodHost, ...changes })
    .filter((check) => check.state !== 'ok')
    .map((check) => `${check.name} ${check.state}`);

test('a good host has nothing to complain of, nor one that merely hides something', (t) => {
  t.deepEqual(complaints({}), []);
  t.deepEqual(
    complaints({ lockdown: 'unknown', bpfJitEnable: null, inInitialUserNamespace: null, memlockLimit: null }),
    [],
  );
});

test('each fact that is wrong is one complaint of its own', (t) => {
  t.deepEqual(complaints({ kernelRelease: '5.4.0', memlockLimit: null }), ['kernel missing']);
  t.deepEqual(complaints({ btfBytes: null }), ['kernel types (BTF) missing']);
  t.deepEqual(complaints({ bpfJitEnable: 0 }), ['BPF compiler (JIT) warning']);
  t.deepEqual(complaints({ inInitialUserNamespace: false }), ['user namespace missing']);
  t.deepEqual(complaints({ lockdown: 'confidentiality' }), ['kernel memory missing']);
  t.deepEqual(complaints({ drivers: { tun: 'loadable', veth: 'builtin' } }), ['driver tun warning']);
  t.deepEqual(complaints({ drivers: { tun: 'loaded', veth: 'absent' } }), ['driver veth warning']);
  t.deepEqual(complaints({ kvm: 'absent' }), ['KVM warning']);
  t.deepEqual(complaints({ kvm: 'forbidden' }), ['KVM warning']);
});

test('privileges: none, the two that tracing takes, and what Debian takes besides', (t) => {
  t.deepEqual(complaints({ capabilities: new Set() }), [
    'tracepoints (tp_btf) missing',
    'map memory missing',
    'functions (fentry, kprobe) warning',
    'demo topologies warning',
  ]);
  const tracing = new Set(['CAP_BPF', 'CAP_PERFMON'] as const);
  const paranoid = ['functions (fentry, kprobe) warning', 'demo topologies warning'];
  t.deepEqual(complaints({ capabilities: tracing }), paranoid);
  t.deepEqual(complaints({ capabilities: tracing, perfEventParanoid: 2 }), ['demo topologies warning']);
});

test('a limit of locked memory matters to old kernels, and not to who may exceed it', (t) => {
  const old = { kernelRelease: '5.10.223' };
  t.deepEqual(complaints(old), ['map memory missing']);
  t.deepEqual(complaints({ ...old, memlockLimit: { state: 'unlimited' } }), []);
  t.deepEqual(
    complaints({ ...old, capabilities: new Set([...goodHost.capabilities, 'CAP_SYS_RESOURCE']) }),
    [],
  );
});

test('every complaint that can be mended says how, and no line spans two', (t) => {
  const bad = {
    capabilities: new Set<never>(),
    btfBytes: null,
    lockdown: 'confidentiality',
    kvm: 'forbidden',
  } as const;
  for (const check of checkHost({ ...goodHost, ...bad })) {
    t.is(check.remedy === null, check.state === 'ok', check.name);
    t.notRegex(`${check.detail}${check.remedy ?? ''}`, /\n/);
  }
});
