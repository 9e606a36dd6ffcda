// What --device has named must be there.
import { VifscopeError } from '../errors.js';
import { printable } from '../export/printable.js';
import { existingDevices } from '../host/deviceNames.js';
import { wantedBy } from '../measure/devicePatterns.js';

/** A pattern that fits nothing, neither a device with packets nor one without, is a slip of the pen. */
export function requireMatch(
  globs: readonly string[],
  anyMeasured: boolean,
  seenNames: readonly string[],
): void {
  if (globs.length === 0 || anyMeasured) return;
  const isWanted = wantedBy(globs, []);
  const existing = existingDevices();
  if (!existing || existing.some(({ netns, name }) => isWanted(netns, name))) return;
  const seen = seenNames.map(printable);
  throw new VifscopeError({
    code: 'USAGE',
    operation: 'measure',
    object: `--device ${globs.join(' ')}`,
    reason: 'no such device carried a packet, and none here has such a name',
    remedy: seen.length > 0 ? `devices that did: ${seen.slice(0, 8).join(', ')}` : 'see ip -br link',
  });
}
