// `vifscope daemon` as its unit starts it: an ordinary user with some capabilities.
import { chownSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Scope } from '../../../src/bench/scope.js';
import { startTied, type TiedProcess } from '../../../src/bench/tiedProcess.js';
import type { Capability } from '../../../src/host/capabilities.js';
import { waitUntil } from '../../bench/waitUntil.js';
import { asUser, ordinaryUid } from '../inside/ordinaryUser.js';
import { capabilitySets, type ThreadRights } from './report.js';

const program = fileURLToPath(new URL('../../../src/cli/main.js', import.meta.url));
/** Two stages of Node under emulation. */
const startLimitSeconds = 150;
const endLimitSeconds = 20;

export class UserService {
  readonly said: string[] = [];
  readonly #process: TiedProcess;

  /** Waits until it serves. */
  static async start(granted: readonly Capability[], scope: Scope): Promise<UserService> {
    const service = new UserService(granted, scope);
    const isReady = () => service.#process.howEnded() !== null || service.#finds(/ready: /) !== null;
    await waitUntil(isReady, startLimitSeconds);
    if (service.#finds(/ready: /) === null)
      throw new Error(`the service is not ready: ${service.#process.howEnded()} ${service.said.join(' | ')}`);
    return service;
  }

  private constructor(granted: readonly Capability[], scope: Scope) {
    const directory = mkdtempSync(join(tmpdir(), 'service-'));
    chownSync(directory, ordinaryUid, ordinaryUid);
    const configPath = join(directory, 'vifscope.yaml');
    const config = {
      devices: { include: ['veth*', 'tap*', 'tun*'] },
      web: { listen: ['127.0.0.1:0'] },
      control: { socket: join(directory, 'control.sock') },
    };
    // JSON is YAML.
    writeFileSync(configPath, JSON.stringify(config));
    const command = asUser(granted, [process.execPath, program, 'daemon', '--config', configPath]);
    this.#process = startTied('service', command, ['ignore', 'ignore', 'pipe'], scope);
    const { stderr } = this.#process.child;
    if (stderr === null) throw new Error('the service has no stderr');
    createInterface({ input: stderr }).on('line', (line) => this.said.push(line));
  }

  async metrics(): Promise<string> {
    const address = this.#finds(/serving on (\d\S+:\d+)/);
    return (await fetch(`http://${address}/metrics`)).text();
  }

  threads(): ThreadRights[] {
    const tasks = `/proc/${this.#process.pid}/task`;
    return readdirSync(tasks).map((thread) => {
      const status = readFileSync(`${tasks}/${thread}/status`, 'latin1');
      const field = (name: string) => new RegExp(`^${name}:\\s*(\\S+)`, 'm').exec(status)?.[1] ?? 'not told';
      const [CapInh = '', CapPrm = '', CapEff = '', CapAmb = ''] = capabilitySets.map(field);
      const sets = { CapInh, CapPrm, CapEff, CapAmb };
      return { uid: Number(field('Uid')), noNewPrivileges: field('NoNewPrivs') === '1', sets };
    });
  }

  /** @returns its exit code; null where it has none, or goes on */
  async terminate(): Promise<number | null> {
    process.kill(this.#process.pid, 'SIGTERM');
    await waitUntil(() => this.#process.howEnded() !== null, endLimitSeconds);
    return this.#process.child.exitCode;
  }

  /** The first group of the pattern, or what fits it, in the line that does. */
  #finds(pattern: RegExp): string | null {
    const found = pattern.exec(this.said.join('\n'));
    return found ? (found[1] ?? found[0]) : null;
  }
}
