// A test on the real kernel: runs alone, is skipped by name where something is missing, and leaves nothing behind.
// In: a title, what it needs and a body. The body registers what it makes in the scope's clean-up.
import test, { type ExecutionContext } from 'ava';
import { Cleanup } from '../../../src/bench/cleanup.js';
import type { Scope } from '../../../src/bench/scope.js';
import { missingOf, type Need } from './needs.js';

/** A test that hangs ends here, and its clean-up still runs. */
const limitMs = 60_000;

export type KernelBody = (t: ExecutionContext, scope: Scope) => Promise<void>;

/** `needs` on top of root and of a kernel that vifscope can measure, which every such test needs. */
export function kernelTest(title: string, needs: readonly Need[], body: KernelBody): void {
  const missing = missingOf(['root', 'kernel', ...needs]);
  if (missing !== null) {
    // In the title, since ava counts and lists skipped tests but runs, and so logs, nothing of them.
    test.skip(`${title} (skipped: ${missing})`, () => {});
    return;
  }
  test.serial(title, async (t) => {
    t.timeout(2 * limitMs);
    const controller = new AbortController();
    const limit = setTimeout(() => controller.abort(new Error('the test took too long')), limitMs);
    const scope = { cleanup: new Cleanup(), signal: controller.signal, progress: () => {} };
    try {
      await body(t, scope);
    } finally {
      clearTimeout(limit);
      await scope.cleanup.run();
    }
  });
}
