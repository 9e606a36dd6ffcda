// What every measurement needs of the host, asked before anything is attached, so that the answer names the cause.
import { VifscopeError } from '../errors.js';
import { checkHost } from './checks.js';
import { type KernelFacts, readKernelFacts } from './facts.js';

/** @throws VifscopeError UNSUPPORTED_HOST with the first check that rules a measurement out */
export function requireKernelSupport(facts: KernelFacts = readKernelFacts(null)): void {
  const missing = checkHost(facts).find((check) => check.state === 'missing');
  if (!missing) return;
  throw new VifscopeError({
    code: 'UNSUPPORTED_HOST',
    operation: 'use',
    object: missing.name,
    reason: missing.detail,
    remedy: missing.remedy ?? 'see vifscope doctor',
  });
}
