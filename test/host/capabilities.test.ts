import test from 'ava';
import fc from 'fast-check';
import { type Capability, missingCapabilities, parseCapabilities } from '../../src/host/capabilities.js';

const bits: readonly (readonly [Capability, bigint])[] = [
  ['CAP_NET_ADMIN', 1n << 12n],
  ['CAP_SYS_ADMIN', 1n << 21n],
  ['CAP_SYS_RESOURCE', 1n << 24n],
  ['CAP_PERFMON', 1n << 38n],
  ['CAP_BPF', 1n << 39n],
];
const facts = (capabilities: readonly Capability[], perfEventParanoid: number | null = 2) => ({
  capabilities: new Set(capabilities),
  perfEventParanoid,
  mapsLimitedByMemlock: false,
  tunIsModule: true,
});

test('exactly the capabilities whose bits are set, among any others', (t) => {
  const ours = bits.reduce((mask, [, bit]) => mask | bit, 0n);
  const someBits = fc.tuple(fc.subarray([...bits]), fc.bigInt({ min: 0n, max: (1n << 41n) - 1n }));
  fc.assert(
    fc.property(someBits, ([chosen, others]) => {
      const mask = chosen.reduce((all, [, bit]) => all | bit, others & ~ours);
      const status = `Name:\tnode\nCapPrm:\t0000000000000000\nCapEff:\t${mask.toString(16).padStart(16, '0')}\n`;
      const found = parseCapabilities(status);
      t.deepEqual([...(found ?? [])].sort(), chosen.map(([name]) => name).sort());
    }),
  );
  t.is(parseCapabilities('Name:\tnode\n'), null);
});

test('what lacks what, as measured', (t) => {
  const both: readonly Capability[] = ['CAP_BPF', 'CAP_PERFMON'];
  t.deepEqual(missingCapabilities('tp_btf', facts([])), both);
  t.deepEqual(missingCapabilities('tp_btf', facts(both)), []);
  for (const few of [[], both])
    t.deepEqual(missingCapabilities('fentry', facts(few)), ['CAP_SYS_ADMIN'], 'which stands for the others');
  t.deepEqual(missingCapabilities('fentry', { ...facts([]), tunIsModule: false }), both);
  t.deepEqual(missingCapabilities('kprobe', facts(both)), []);
  t.deepEqual(missingCapabilities('kprobe', facts(both, null)), []);
  for (const few of [[], both]) t.deepEqual(missingCapabilities('kprobe', facts(few, 3)), ['CAP_SYS_ADMIN']);
  t.deepEqual(missingCapabilities('maps', facts(both)), []);
  t.deepEqual(missingCapabilities('maps', { ...facts(both), mapsLimitedByMemlock: true }), [
    'CAP_SYS_RESOURCE',
  ]);
  t.deepEqual(missingCapabilities('topologies', facts(both)), ['CAP_NET_ADMIN', 'CAP_SYS_ADMIN']);
});

test('CAP_SYS_ADMIN stands for CAP_BPF and CAP_PERFMON, and for nothing else', (t) => {
  const admin = facts(['CAP_SYS_ADMIN'], 4);
  for (const use of ['tp_btf', 'fentry', 'kprobe', 'maps'] as const) {
    t.deepEqual(missingCapabilities(use, admin), [], use);
  }
  t.deepEqual(missingCapabilities('topologies', admin), ['CAP_NET_ADMIN']);
});
