// What a kernel test stands on: quiet network namespaces of its own, `ip`, and the clean-up of all of it.
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ExecutionContext } from 'ava';
import type { Cleanup } from '../../../src/bench/cleanup.js';
import { runCommand } from '../../../src/bench/command.js';
import { inNetns } from '../../../src/libbpf/libc.js';
import { Measurement, type MeasurementOptions } from '../../../src/measurement.js';
import { kernelTest } from '../support/kernelTest.js';

const prefix = 'vift';

export const ip = (...args: string[]) => runCommand('ip', args);

/** Many commands of `ip` in one process: the way to make many devices at once. */
export async function ipBatch(netns: string, commands: readonly string[]): Promise<void> {
  const directory = mkdtempSync(join(tmpdir(), 'vifscope-batch-'));
  try {
    const file = join(directory, 'commands');
    writeFileSync(file, `${commands.join('\n')}\n`);
    await ip('-n', netns, '-batch', file);
  } finally {
    rmSync(directory, { recursive: true });
  }
}

/** No IPv6, so that nothing is sent but what the test sends; no reverse-path filter, since routes are one-way. */
const quietSettings: readonly (readonly [file: string, value: string])[] = [
  ['ipv6/conf/all/disable_ipv6', '1'],
  ['ipv6/conf/default/disable_ipv6', '1'],
  ['ipv4/conf/all/rp_filter', '0'],
  ['ipv4/conf/default/rp_filter', '0'],
];

export class Ground {
  readonly cleanup: Cleanup;
  static #namespaces = 0;

  constructor(cleanup: Cleanup) {
    this.cleanup = cleanup;
  }

  /** A new namespace with nothing in it but lo. */
  async netns(): Promise<string> {
    Ground.#namespaces += 1;
    const name = `${prefix}-${process.pid}-${Ground.#namespaces}`;
    await this.addNetns(name);
    return name;
  }

  async addNetns(name: string): Promise<void> {
    this.cleanup.add(`remove ${name}`, () => removeNetns(name));
    await ip('netns', 'add', name);
    inNetns(name, () => {
      for (const [file, value] of quietSettings) {
        const setting = `/proc/sys/net/${file}`;
        if (existsSync(setting)) writeFileSync(setting, value);
      }
    });
  }

  /** @returns the new name */
  async renameNetns(name: string): Promise<string> {
    const [other, from, to] = [`${name}-again`, `/run/netns/${name}`, `/run/netns/${name}-again`];
    this.cleanup.add(`remove ${other}`, () => removeNetns(other));
    writeFileSync(to, '');
    await runCommand('mount', ['--bind', from, to]);
    await ip('netns', 'delete', name);
    return other;
  }

  /** Measures what is in this process's namespaces, unless told otherwise. */
  measure(options: MeasurementOptions = {}): Measurement {
    const measurement = Measurement.start({ include: [`${prefix}-${process.pid}-*/*`], ...options });
    this.cleanup.add('detach', () => measurement.close());
    return measurement;
  }
}

export async function removeNetns(name: string): Promise<void> {
  if (existsSync(`/run/netns/${name}`)) await ip('netns', 'delete', name);
}

/** Namespaces of test processes that were killed before they could remove them. */
async function removeLeftovers(): Promise<void> {
  for (const name of existsSync('/run/netns') ? readdirSync('/run/netns') : []) {
    const [, pid] = /^vift-(\d+)-/.exec(name) ?? [];
    if (pid !== undefined && !existsSync(`/proc/${pid}`)) await removeNetns(name);
  }
}

type Body = (t: ExecutionContext, ground: Ground) => Promise<void>;

/** A test on the real kernel; everything that it makes through its ground is undone afterwards. */
export function groundTest(title: string, body: Body): void {
  kernelTest(title, [], async (t, { cleanup }) => {
    await removeLeftovers();
    await body(t, new Ground(cleanup));
    await cleanup.run();
    t.deepEqual(ownNamespaces(), [], 'namespaces left behind');
  });
}

const ownNamespaces = () =>
  readdirSync('/run/netns').filter((name) => name.startsWith(`${prefix}-${process.pid}-`));
