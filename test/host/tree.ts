// A directory that stands for the root of a host, with the files a test gives it.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { ExecutionContext } from 'ava';
import { type HostPaths, hostPaths } from '../../src/host/paths.js';

/** Files by path from the root ("proc/self/status"); the tree goes when the test ends. */
export function hostTree(
  t: ExecutionContext,
  files: Readonly<Record<string, string | Uint8Array>>,
): HostPaths {
  const root = mkdtempSync(join(tmpdir(), 'vifscope-host-'));
  t.teardown(() => rmSync(root, { recursive: true }));
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), content);
  }
  return hostPaths(root);
}
