// What a text is refused with as a configuration.
import type { ExecutionContext } from 'ava';
import { parseConfig } from '../../../daemon/config/config.js';
import { VifscopeError } from '../../../src/errors.js';

/** The whole message. */
export function refusalOf(t: ExecutionContext, text: string): string {
  const error = t.throws(() => parseConfig(text, 'v.yaml'), { instanceOf: VifscopeError });
  t.is(error?.code, 'USAGE');
  return error?.message ?? '';
}
