// Our own programs of src/bench/children as child processes, spoken with over Node's IPC channel.
import { EventEmitter, once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { VifscopeError } from '../errors.js';
import type { ChildInputs, ChildMessage, Order } from './children/messages.js';
import type { Scope } from './scope.js';
import { startTied, type TiedProcess } from './tiedProcess.js';
import { within } from './within.js';

type MessageOf<K extends ChildMessage['kind']> = Extract<ChildMessage, { kind: K }>;

const startLimitSeconds = 20;
/**
 * What keeps a schedule pauses more often for it, but for half a millisecond each and not for up to ten, after which
 * so many packets would be due at once that they overflow a queue.
 */
const flagsOf: Readonly<Partial<Record<keyof ChildInputs, readonly string[]>>> = {
  generator: ['--max-semi-space-size=1'],
};

export class NodeChild {
  readonly #process: TiedProcess;
  readonly #scope: Scope;
  readonly #inbox: ChildMessage[] = [];
  readonly #changes = new EventEmitter();

  /** Starts the program and waits until it says that it is ready. */
  static async start<N extends keyof ChildInputs>(
    name: N,
    input: ChildInputs[N],
    scope: Scope,
  ): Promise<NodeChild> {
    const child = new NodeChild(name, input, scope);
    await child.#next('ready', startLimitSeconds);
    return child;
  }

  private constructor(name: keyof ChildInputs, input: unknown, scope: Scope) {
    const program = fileURLToPath(new URL(`./children/${name}.js`, import.meta.url));
    const command = [process.execPath, ...(flagsOf[name] ?? []), program, JSON.stringify(input)];
    this.#process = startTied(name, command, ['ignore', 'ignore', 'pipe', 'ipc'], scope);
    this.#scope = scope;
    this.#process.child.on('message', (message) => {
      this.#inbox.push(message as ChildMessage);
      this.#changes.emit('change');
    });
    void this.#process.ended.then(() => this.#changes.emit('change'));
  }

  get pid(): number {
    return this.#process.pid;
  }

  howEnded(): string | null {
    return this.#process.howEnded();
  }

  tell(order: Order): void {
    // A child that is gone is noticed, with its reason, by whoever waits for its answer.
    if (this.#process.child.connected) this.#process.child.send(order);
  }

  /** What came of the oldest order that was not answered yet. */
  async result<T>(limitSeconds: number): Promise<T> {
    const message = await this.#next('result', limitSeconds);
    return message.value as T;
  }

  stop(): Promise<void> {
    return this.#process.stop();
  }

  #next<K extends ChildMessage['kind']>(kind: K, limitSeconds: number): Promise<MessageOf<K>> {
    const onLimit = () => this.#failure(`no answer within ${limitSeconds} s`);
    return within(this.#receive(kind), { limitSeconds, onLimit, signal: this.#scope.signal });
  }

  async #receive<K extends ChildMessage['kind']>(kind: K): Promise<MessageOf<K>> {
    for (;;) {
      const message = this.#inbox.shift();
      if (message?.kind === kind) return message as MessageOf<K>;
      if (message?.kind === 'error') throw this.#failure(message.message);
      if (message !== undefined) continue;
      const how = this.howEnded();
      if (how !== null) throw this.#failure(how);
      await once(this.#changes, 'change');
    }
  }

  #failure(reason: string): VifscopeError {
    return new VifscopeError({
      code: /EPERM|EACCES/.test(reason) ? 'UNSUPPORTED_HOST' : 'FAILED',
      operation: 'run',
      object: `the ${this.#process.name}`,
      reason,
      remedy: 'run as root; scripts/setup.sh installs what may be missing',
    });
  }
}
