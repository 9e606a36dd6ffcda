// A test under a real systemd, in the one container of its file; skipped by name where there can be none.
import test, { type ExecutionContext } from 'ava';
import { Cleanup } from '../../../src/bench/cleanup.js';
import { missingOf } from '../../kernel/support/needs.js';
import { Container, containerMissing } from './container.js';
import { InstalledService } from './installedService.js';

type Body = (t: ExecutionContext, service: InstalledService) => Promise<void> | void;
/** Adds a test; the body gets the service newly installed and not started. `missing`: why it can't run, or null. */
type AddTest = (title: string, body: Body, missing?: string | null) => void;

/** Of each test, and of the boot. */
const limitMs = 60_000;

/** To be called once a file. */
export function inContainer(): AddTest {
  const missing = missingOf(['root', 'kernel']) ?? containerMissing();
  const cleanup = new Cleanup();
  const scope = { cleanup, signal: new AbortController().signal, progress: () => {} };
  let container: Container;
  if (missing === null) {
    test.before(async (t) => {
      t.timeout(limitMs);
      container = await Container.boot(scope);
    });
    test.after.always(() => cleanup.run());
  }
  return (title, body, missingHere = null) => {
    const reason = missing ?? missingHere;
    if (reason !== null) {
      test.skip(`${title} (skipped: ${reason})`, () => {});
      return;
    }
    test.serial(title, async (t) => {
      t.timeout(limitMs);
      await body(t, new InstalledService(container));
    });
  };
}
