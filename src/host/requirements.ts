// What every measurement needs of the host, asked before anything is attached, so that the answer names the cause.
import { VifscopeError } from '../errors.js';
import { missingCapabilities } from './capabilities.js';
import { type KernelFacts, readKernelFacts } from './facts.js';
import { countsMapsAsLocked } from './memlock.js';

/** @throws VifscopeError PRIVILEGE without the capabilities, KERNEL_SUPPORT without BTF */
export function requireKernelSupport(facts: KernelFacts = readKernelFacts(null)): void {
  const missing = missingCapabilities('tp_btf', {
    capabilities: facts.capabilities,
    perfEventParanoid: facts.perfEventParanoid,
    mapsLimitedByMemlock: countsMapsAsLocked(facts.kernelRelease),
  });
  if (missing.length > 0) {
    throw new VifscopeError({
      code: 'PRIVILEGE',
      operation: 'attach to',
      object: 'the kernel',
      reason: `this process lacks ${missing.join(' and ')}`,
      remedy: 'run it as root (sudo), or give it those capabilities',
    });
  }
  if (facts.btfBytes === null) {
    throw new VifscopeError({
      code: 'KERNEL_SUPPORT',
      operation: 'read',
      object: '/sys/kernel/btf/vmlinux',
      reason: 'this kernel does not describe its types (BTF)',
      remedy: 'use a kernel built with CONFIG_DEBUG_INFO_BTF=y, as those of the distributions since 2021 are',
    });
  }
}
