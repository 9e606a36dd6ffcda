import { release } from 'node:os';
import test from 'ava';
import { findStruct } from '../../src/abi/btfStruct.js';
import { VifscopeError } from '../../src/errors.js';
import { dropReasonsOf } from '../../src/host/dropReasons.js';
import { readKernelBtf } from '../../src/host/kernelBtf.js';
import { BtfWriter } from '../abi/btfWriter.js';
import { hostTree } from './tree.js';

const [major = 0, minor = 0] = release().split('.').map(Number);

test("the running kernel's own types: sk_buff has its device, and drops their reasons", (t) => {
  const btf = readKernelBtf();
  if (btf === null) {
    t.log(`skipped: kernel ${release()} has no BTF`);
    t.pass();
    return;
  }
  const skb = findStruct(btf, 'sk_buff');
  const dev = skb?.members.find((member) => member.name === 'dev');
  t.is(dev?.sizeBytes, 8);
  // All kernels since 4.0 keep it behind the two list pointers.
  t.is(dev?.byteOffset, 16);
  t.like(
    skb?.members.find((member) => member.name === 'cb'),
    { sizeBytes: 1, count: 48 },
  );
  for (const member of skb?.members ?? []) t.true(member.byteOffset < (skb?.sizeBytes ?? 0));
  const reasons = dropReasonsOf(btf);
  const names = Array.from({ length: 256 }, (_, index) => reasons.nameOf(index));
  t.is(reasons.known, major > 5 || (major === 5 && minor >= 17));
  if (major >= 6) t.true(names.includes('FULL_RING'));
  t.true(names.includes('NOT_SPECIFIED'));
});

test('no types are null, and types that are none say which file and what to do', (t) => {
  t.is(readKernelBtf(hostTree(t, {})), null);
  const broken = hostTree(t, { 'sys/kernel/btf/vmlinux': 'not types at all, but long enough' });
  const error = t.throws(() => readKernelBtf(broken), { instanceOf: VifscopeError });
  t.is(error?.code, 'UNSUPPORTED_HOST');
  t.regex(error?.message ?? '', /btf\/vmlinux: BTF: the magic number is missing; .*update/);
});

test('types are read from wherever the paths point', (t) => {
  const writer = new BtfWriter();
  writer.struct('here', 12, []);
  const btf = readKernelBtf(hostTree(t, { 'sys/kernel/btf/vmlinux': writer.bytes() }));
  t.is(btf === null ? null : findStruct(btf, 'here')?.sizeBytes, 12);
});
