// The running kernel's types, read once and shared by all that look something up in them.
import { readFileSync } from 'node:fs';
import { type Btf, parseBtf } from '../abi/btf.js';
import { reasonOf, VifscopeError } from '../errors.js';
import { orNull } from './optionalFile.js';
import { hostPaths } from './paths.js';

/**
 * The kernel's types (5 to 10 MB, about 20 ms); null where the kernel was built without CONFIG_DEBUG_INFO_BTF.
 * Throws VifscopeError UNSUPPORTED_HOST where they are there but can't be understood.
 */
export function readKernelBtf(paths = hostPaths()): Btf | null {
  const bytes = orNull(() => readFileSync(paths.kernelBtf));
  if (bytes === null) return null;
  try {
    return parseBtf(bytes);
  } catch (cause) {
    throw new VifscopeError({
      code: 'UNSUPPORTED_HOST',
      operation: 'read the kernel types in',
      object: paths.kernelBtf,
      reason: reasonOf(cause),
      remedy: 'this kernel may be newer than this vifscope: look for an update',
      cause,
    });
  }
}
