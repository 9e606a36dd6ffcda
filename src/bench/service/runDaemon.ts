// The real service as a child process, on an address and a control socket of its own, with a configuration at hand.
import { chownSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parse, stringify } from 'yaml';
import { VifscopeError } from '../../errors.js';
import type { Scope } from '../scope.js';
import { startTied, type TiedProcess } from '../tiedProcess.js';
import { within } from '../within.js';

const commandLine = fileURLToPath(new URL('../../cli/main.js', import.meta.url));
const startLimitSeconds = 30;
const nobody = 65_534;

/** Sections of the configuration, as in its YAML. */
export type ConfigSections = Readonly<Record<string, unknown>>;

/** The tie to us is cut when the service becomes another user; its namespace's first process keeps it. */
const namespaceOfItsOwn = ['unshare', '--fork', '--pid', '--kill-child', 'sh', '-c', '"$0" "$@" & wait $!'];

export class RunningDaemon {
  readonly #process: TiedProcess;
  readonly directory: string;
  readonly configPath: string;
  readonly socketPath: string;
  /** What it has said so far. */
  readonly said: string[] = [];
  #onLine: (() => void)[] = [];

  /**
   * Starts it and waits until it serves.
   * @param through what starts it: a command that replaces itself by the one after it
   * @throws VifscopeError FAILED with its own words when it does not
   */
  static async start(
    sections: ConfigSections,
    scope: Scope,
    through: readonly string[] = [],
  ): Promise<RunningDaemon> {
    const daemon = new RunningDaemon(sections, scope, through);
    await daemon.untilReady();
    return daemon;
  }

  /** Starts it, and waits for nothing. */
  constructor(sections: ConfigSections, scope: Scope, through: readonly string[] = []) {
    this.directory = mkdtempSync(join(tmpdir(), 'vifscope-service-'));
    scope.cleanup.add('remove the files of the service', () => {
      rmSync(this.directory, { recursive: true, force: true });
    });
    // Its second stage is nobody, and has to read and make files here.
    chownSync(this.directory, nobody, nobody);
    this.configPath = join(this.directory, 'vifscope.yaml');
    this.socketPath = join(this.directory, 'control.sock');
    const { web, ...rest } = sections;
    const ownPlaces = {
      web: { listen: ['127.0.0.1:0'], ...(web as object | undefined) },
      control: { socket: this.socketPath },
    };
    this.writeConfig({ ...ownPlaces, ...rest });
    const command = [process.execPath, commandLine, 'daemon', '--config', this.configPath];
    this.#process = startTied(
      'service',
      [...namespaceOfItsOwn, ...through, ...command],
      ['ignore', 'ignore', 'pipe'],
      scope,
    );
    const { stderr } = this.#process.child;
    if (!stderr) throw new Error('the service has no stderr');
    createInterface({ input: stderr }).on('line', (line) => {
      this.said.push(line);
      for (const tell of this.#onLine) tell();
    });
  }

  async untilReady(): Promise<void> {
    await this.untilSaid(/ready/, startLimitSeconds);
  }

  /** How it ended, once it has. */
  get ended(): Promise<string> {
    return this.#process.ended;
  }

  /** The service's own process, below the shell that began its namespace. */
  get pid(): number {
    const childOf = (pid: number) =>
      Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'latin1').split(' ')[0] ?? Number.NaN);
    return childOf(childOf(this.#process.pid));
  }

  /** Where it serves: "http://127.0.0.1:41234". */
  get url(): string {
    const [, address] = /serving on (\d\S+:\d+)/.exec(this.said.join('\n')) ?? [];
    if (address === undefined) throw new Error(`it serves nowhere: ${this.said.join('\n')}`);
    return `http://${address}`;
  }

  signal(name: NodeJS.Signals): void {
    process.kill(this.pid, name);
  }

  /** Merges these sections into the configuration file; to be reloaded. */
  changeConfig(sections: ConfigSections): void {
    this.writeConfig({ ...(parse(readFileSync(this.configPath, 'utf8')) as object), ...sections });
  }

  writeConfig(sections: ConfigSections): void {
    writeFileSync(this.configPath, stringify(sections));
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }

  /** Waits until a line that it has said from the given one on fits. */
  async untilSaid(pattern: RegExp, limitSeconds: number, from = 0): Promise<string> {
    const failure = () =>
      new VifscopeError({
        code: 'FAILED',
        operation: 'run',
        object: 'the service',
        reason: `it did not say ${pattern}, but: ${this.said.slice(from).join(' | ') || 'nothing'}`,
        remedy: 'run "vifscope daemon" by hand and read what it says',
      });
    const found = () => this.said.slice(from).find((line) => pattern.test(line));
    const saying = new Promise<string>((resolve, reject) => {
      const look = () => {
        const line = found();
        if (line !== undefined) resolve(line);
      };
      this.#onLine.push(look);
      look();
      void this.#process.ended.then(() => setImmediate(() => reject(failure())));
    });
    return within(saying, { limitSeconds, onLimit: failure });
  }
}
