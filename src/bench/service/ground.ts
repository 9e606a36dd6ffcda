// What the service is watched with: a loaded veth pair, quiet pairs with a little traffic, and pairs that come and go.
import { setTimeout as sleep } from 'node:timers/promises';
import { buildPath } from '../buildPath.js';
import { runCommand } from '../command.js';
import { Generator, generatorInputOf } from '../load/generator.js';
import { oneSize } from '../load/plan.js';
import { addNetns } from '../namespaces.js';
import type { Scope } from '../scope.js';
import type { ServiceOptions } from './options.js';

const frameBytes = 64;

/** A load over a veth pair of its own for so long. */
export async function startLoad(options: ServiceOptions, scope: Scope): Promise<Generator | null> {
  if (options.packetsPerSecond === 0) return null;
  const path = await buildPath('veth', scope);
  const { packetsPerSecond } = options;
  // Longer than it is watched, so that it never ends before.
  const load = {
    packetsPerSecond,
    durationSeconds: options.seconds + 600,
    sizes: oneSize(frameBytes),
    flows: 1,
    burst: 1,
  };
  const generator = await Generator.start(generatorInputOf(path), scope);
  // It is stopped under way, and then has no result.
  void generator.send(load, 1).catch(() => {});
  return generator;
}

/** Pairs that talk by themselves: IPv6 greets its neighbours from both ends, so all four segments count. */
export class ChattyPairs {
  readonly netns: string;

  static async in(scope: Scope): Promise<ChattyPairs> {
    const netns = await addNetns('tap', 'generator', scope);
    await runCommand('ip', ['netns', 'exec', netns, 'sysctl', '-qw', 'net.ipv6.conf.default.disable_ipv6=0']);
    return new ChattyPairs(netns);
  }

  private constructor(netns: string) {
    this.netns = netns;
  }

  async add(name: string): Promise<void> {
    const [left, right] = [`${name}l`, `${name}r`];
    await this.#ip('link', 'add', left, 'up', 'type', 'veth', 'peer', 'name', right);
    await this.#ip('link', 'set', right, 'up');
  }

  remove(name: string): Promise<void> {
    return this.#ip('link', 'delete', `${name}l`);
  }

  /**
   * Makes and deletes so many pairs a minute until aborted, under the same few names again and again.
   * @param tell called with how many there were so far, after each
   */
  async churn(pairsAMinute: number, signal: AbortSignal, tell = (_churned: number) => {}): Promise<number> {
    const intervalMs = 60_000 / pairsAMinute;
    let churned = 0;
    while (!signal.aborted) {
      const dueMs = performance.now() + intervalMs;
      const name = `churn${churned % 7}`;
      await this.add(name);
      await sleep(Math.min(500, intervalMs / 2));
      await this.remove(name);
      churned += 1;
      tell(churned);
      await sleep(Math.max(0, dueMs - performance.now()));
    }
    return churned;
  }

  #ip(...args: string[]): Promise<void> {
    return runCommand('ip', ['-n', this.netns, ...args]);
  }
}
