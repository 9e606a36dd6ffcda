// The unit files grant what src/host/capabilities.ts says, and nothing else; the kernels' own word on that is
// test/vm/rights.
import { readFileSync } from 'node:fs';
import test from 'ava';
import { neededCapabilities, type PrivilegedUse } from '../../src/host/capabilities.js';

const textOf = (name: string) => readFileSync(new URL(`../../../systemd/${name}`, import.meta.url), 'utf8');
const valuesOf = (text: string, key: string): string[] =>
  [...text.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].flatMap(([, value]) => (value ?? '').split(/\s+/));

const unit = textOf('vifscope.service');
const inject = textOf('inject.conf');

/** With Debian's value of kernel.perf_event_paranoid. */
const needOf = (...uses: readonly PrivilegedUse[]): string[] => {
  const mapsLimitedByMemlock = !valuesOf(unit, 'LimitMEMLOCK').includes('infinity');
  const needs = uses.flatMap((use) =>
    neededCapabilities(use, { perfEventParanoid: 3, mapsLimitedByMemlock, tunIsModule: true }),
  );
  return [...new Set(needs)].sort();
};

for (const key of ['AmbientCapabilities', 'CapabilityBoundingSet']) {
  test(`${key} of the unit is what tracepoints and maps need`, (t) => {
    t.deepEqual(valuesOf(unit, key).sort(), needOf('tp_btf', 'maps'));
  });

  test(`${key} of the drop-in is what functions need, whichever mechanism the kernel has`, (t) => {
    t.deepEqual(valuesOf(inject, key).sort(), needOf('fentry', 'kprobe'));
  });
}

test('what attaches is let through: bpf always, perf_event_open for kprobes', (t) => {
  t.true(valuesOf(unit, 'SystemCallFilter').includes('bpf'));
  t.true(valuesOf(inject, 'SystemCallFilter').includes('perf_event_open'));
});
