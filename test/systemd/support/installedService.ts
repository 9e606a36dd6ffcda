// The service as scripts/install.sh puts it into a container, and what a test asks and changes of it.
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { type Container, checkout } from './container.js';
import type { Outcomes } from './probe.js';

const library = '/usr/local/lib/vifscope';
const probes = {
  probe: 'dist/test/systemd/support/probe.js',
  stall: 'dist/test/systemd/support/stall.js',
} as const;
const configPath = '/etc/vifscope/vifscope.yaml';
const dropIns = '/run/systemd/system/vifscope.service.d';
const untilLimitMs = 20_000;
const lookAgainMs = 50;

export class InstalledService {
  readonly container: Container;

  /** Installed anew, with the example's configuration and no drop-in; not started. */
  constructor(container: Container) {
    this.container = container;
    container.try(['systemctl', 'stop', 'vifscope']);
    container.try(['systemctl', 'reset-failed', 'vifscope']);
    container.run(['rm', '-rf', dropIns, '/etc/vifscope', '/var/log/private/vifscope']);
    this.install();
  }

  /** @returns what it says */
  install(...options: readonly string[]): string {
    const { status, stderr } = this.container.try([`${checkout}/scripts/install.sh`, ...options]);
    if (status !== 0) throw new Error(`install.sh ended with status ${status}: ${stderr}`);
    return stderr;
  }

  /** Returns when the service has said that it is ready. */
  start(): void {
    this.container.run(['systemctl', 'start', 'vifscope']);
  }

  /** Sections as in the configuration's YAML; to be started or reloaded. */
  configure(sections: Readonly<Record<string, unknown>>): void {
    this.container.write(configPath, stringify(sections));
  }

  /** Settings of [Service], for the next start. */
  addDropIn(name: string, ...settings: readonly string[]): void {
    this.container.write(`${dropIns}/${name}.conf`, ['[Service]', ...settings, ''].join('\n'));
    this.container.run(['systemctl', 'daemon-reload']);
  }

  property(name: string): string {
    return this.container.run(['systemctl', 'show', '--property', name, '--value', 'vifscope']).trim();
  }

  get pid(): number {
    return Number(this.property('MainPID'));
  }

  get journal(): string {
    return this.container.run(['journalctl', '--unit', 'vifscope', '--output', 'cat']);
  }

  signal(name: NodeJS.Signals): void {
    this.container.run(['kill', `-${name}`, String(this.pid)]);
  }

  /** Asks by HTTP from within. */
  get(path: string, headers: Readonly<Record<string, string>> = {}): { status: number; body: string } {
    const program = `fetch(process.argv[1], { headers: JSON.parse(process.argv[2]) })
      .then(async (reply) => console.log(JSON.stringify({ status: reply.status, body: await reply.text() })))`;
    const url = `http://127.0.0.1:9956${path}`;
    return JSON.parse(this.container.run(['node', '-e', program, url, JSON.stringify(headers)]));
  }

  /** To be loaded by the next start, and set off by SIGUSR2. */
  addProbe(name: keyof typeof probes = 'probe'): void {
    const probe = probes[name];
    this.container.run(['install', '-D', '-m', '644', `${checkout}/${probe}`, `${library}/${probe}`]);
    this.addDropIn('probe', `Environment=NODE_OPTIONS=--import=${library}/${probe}`);
  }

  /** What the service itself can do. */
  async probed(): Promise<Outcomes> {
    this.signal('SIGUSR2');
    const read = () => this.container.try(['cat', '/run/vifscope/outcomes.json']).stdout;
    return JSON.parse(await until(read, (text) => text.endsWith('}')));
  }

  /** What a program that root runs in the container can do. */
  probedAsRoot(): Outcomes {
    return JSON.parse(this.container.run(['node', `${library}/${probes.probe}`]));
  }
}

/** Looks again and again, since systemd tells nobody by an event that would be simpler to wait for. */
export async function until<T>(look: () => T, isRight: (found: T) => boolean): Promise<T> {
  const start = performance.now();
  for (let found = look(); ; found = look()) {
    if (isRight(found)) return found;
    if (performance.now() - start > untilLimitMs) throw new Error(`after a while still ${found}`);
    await sleep(lookAgainMs);
  }
}
