// What tests on real devices need, and what they share; where something is missing they are skipped, saying so.
import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import test, { type ExecutionContext } from 'ava';
import { Cleanup } from '../../src/bench/cleanup.js';
import { parseNetnsName } from '../../src/bench/namespaces.js';
import type { PathName } from '../../src/bench/path.js';
import type { Scope } from '../../src/bench/scope.js';
import { missingOf, type Need } from '../kernel/support/needs.js';

// Without what only tests can import, for programs that run elsewhere.
export { waitUntil } from './waitUntil.js';

const needsOf: Readonly<Record<PathName, readonly Need[]>> = {
  veth: ['root'],
  bridge: ['root'],
  tap: ['root', 'tun', 'guest'],
  tun: ['root', 'tun'],
};

type Body = (t: ExecutionContext, scope: Scope & { readonly controller: AbortController }) => Promise<void>;

/** A test that builds paths of this kind; everything it makes is undone afterwards. */
export function realTest(path: PathName, title: string, body: Body, more: readonly Need[] = []): void {
  const missing = missingOf([...needsOf[path], ...more]);
  if (missing !== null) {
    test.skip(`${title} (skipped: ${missing})`, () => {});
    return;
  }
  test.serial(title, async (t) => {
    t.timeout(180_000);
    const cleanup = new Cleanup();
    const controller = new AbortController();
    try {
      await body(t, { cleanup, controller, signal: controller.signal, progress: (text) => t.log(text) });
    } finally {
      await cleanup.run();
    }
  });
}

export const netnsNames = (): string[] => (existsSync('/run/netns') ? readdirSync('/run/netns') : []);

export const netnsOf = (ownerPid: number): string[] =>
  netnsNames().filter((name) => parseNetnsName(name)?.owner.pid === ownerPid);

/** Ids of a process's children that have not ended; Node starts them all from its main thread. */
export const childrenOf = (pid: number): number[] =>
  readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1')
    .split(' ')
    .filter(Boolean)
    .map(Number)
    .filter(isRunning);

export function isRunning(pid: number): boolean {
  try {
    const state = readFileSync(`/proc/${pid}/stat`, 'latin1').split(') ').at(-1)?.[0];
    return state !== 'Z' && state !== 'X';
  } catch {
    return false;
  }
}

interface TransmitCounters {
  readonly packets: number;
  readonly dropped: number;
}

interface LinkCounters {
  readonly stats64: { readonly rx: { readonly packets: number }; readonly tx: TransmitCounters };
}

/** Packets that a device has received, sent and not been able to send so far, as the kernel counts them. */
export function packetCounters({ netns, device }: { netns: string; device: string }) {
  const json = execFileSync('ip', ['-n', netns, '-j', '-s', 'link', 'show', device], { encoding: 'utf8' });
  const [link] = JSON.parse(json) as LinkCounters[];
  if (link === undefined) throw new Error(`ip shows no ${device}`);
  const { rx, tx } = link.stats64;
  return { receivedPackets: rx.packets, sentPackets: tx.packets, unsentPackets: tx.dropped };
}
