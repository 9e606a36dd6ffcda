import { VifscopeError } from '../../errors.js';
import type { BuiltPath } from '../path.js';

/** A path whose middle has died loses packets for no reason worth measuring. @throws VifscopeError FAILED */
export function checkMiddle({ name, middleFailure }: BuiltPath): void {
  const reason = middleFailure();
  if (reason === null) return;
  throw new VifscopeError({
    code: 'FAILED',
    operation: 'keep up',
    object: `the ${name} path`,
    reason: `its ${name === 'tap' ? 'guest' : 'forwarder'} has gone: ${reason}`,
    remedy: 'run again',
  });
}
