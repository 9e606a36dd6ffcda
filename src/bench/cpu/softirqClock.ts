// How long softirqs have run, by vector and by the thread on top of which they ran: counted by programs in the kernel.
import { readFileSync } from 'node:fs';
import { reasonOf, VifscopeError } from '../../errors.js';
import { readPossibleCpus } from '../../host/facts.js';
import { bpfObjectPath } from '../../kernel/bpfObjects.js';
import { type MappedMemory, mapShared } from '../../libbpf/memory.js';
import { BpfObject } from '../../libbpf/object.js';
import type { NsByVector, SoftirqReading, SoftirqThread } from './reading.js';
import { readSoftirqLayout } from './softirqLayout.js';
import { added } from './times.js';

const programs = ['on_softirq_entry', 'on_softirq_exit'] as const;
const objectPath = bpfObjectPath('softirq');

export class SoftirqClock {
  readonly #object: BpfObject;
  readonly #layout = readSoftirqLayout(objectPath);
  readonly #cpuCount = readPossibleCpus();
  readonly #vectorNames = parseVectorNames(readFileSync('/proc/softirqs', 'latin1'));
  readonly #cpus: MappedMemory;
  readonly #threads: MappedMemory;

  /**
   * Counts from now on.
   * @param pids processes whose threads are told apart; 0 stands for the idle threads
   * @throws VifscopeError UNSUPPORTED_HOST where the kernel refuses the programs
   */
  static start(pids: readonly number[]): SoftirqClock {
    try {
      return new SoftirqClock(pids);
    } catch (cause) {
      if (cause instanceof VifscopeError) throw cause;
      throw new VifscopeError({
        code: 'UNSUPPORTED_HOST',
        operation: 'attach',
        object: 'the programs that time softirqs',
        reason: reasonOf(cause),
        remedy: 'run as root; vifscope doctor says what this host allows',
        cause,
      });
    }
  }

  private constructor(pids: readonly number[]) {
    const { cpu, thread, threads, processes } = this.#layout;
    this.#object = BpfObject.open(objectPath);
    try {
      this.#object.resize('cpus', this.#cpuCount);
      this.#object.resize('threads', this.#cpuCount * threads);
      for (const program of programs) this.#object.select(program);
      this.#object.load();
      const map = (name: string, bytes: number) => mapShared(this.#object.mapFd(name), bytes);
      this.#cpus = map('cpus', this.#cpuCount * cpu.size);
      this.#threads = map('threads', this.#cpuCount * threads * thread.size);
      this.#ask(pids, map('processes', processes.size));
      for (const program of programs) this.#object.attach(program);
    } catch (error) {
      this.#object.close();
      throw error;
    }
  }

  #ask(pids: readonly number[], memory: MappedMemory): void {
    const { mostProcesses, processes } = this.#layout;
    const asked = [...new Set(pids)];
    if (asked.length > mostProcesses) throw new Error(`more than ${mostProcesses} processes`);
    asked.forEach((pid, at) => {
      memory.view.setUint32(processes.tgids + 4 * at, pid, true);
    });
    memory.view.setUint32(processes.count, asked.length, true);
    memory.unmap();
  }

  /** So far; a softirq that runs at this moment is not in it. */
  read(): SoftirqReading {
    const { cpu, thread, threads } = this.#layout;
    const each = (count: number, size: number) => Array.from({ length: count }, (_, index) => index * size);
    const cpuPlaces = each(this.#cpuCount, cpu.size);
    const unplaced = cpuPlaces.map((at) => this.#u64(this.#cpus, at + cpu.unplaced_ns));
    return {
      ns: added(cpuPlaces.map((at) => this.#vectors(this.#cpus, at + cpu.ns))),
      threads: each(this.#cpuCount * threads, thread.size).flatMap((at) => this.#thread(at) ?? []),
      unplacedNs: unplaced.reduce((sum, ns) => sum + ns, 0),
    };
  }

  #thread(at: number): SoftirqThread | null {
    const { runs, tid, tgid, ns } = this.#layout.thread;
    const { view } = this.#threads;
    if (view.getBigUint64(at + runs, true) === 0n) return null;
    return {
      pid: view.getUint32(at + tgid, true),
      tid: view.getUint32(at + tid, true),
      ns: this.#vectors(this.#threads, at + ns),
    };
  }

  #vectors(memory: MappedMemory, at: number): NsByVector {
    const times = this.#vectorNames.map(
      (name, vector) => [name, this.#u64(memory, at + 8 * vector)] as const,
    );
    return Object.fromEntries(times);
  }

  readonly #u64 = ({ view }: MappedMemory, at: number): number => Number(view.getBigUint64(at, true));

  close(): void {
    this.#cpus.unmap();
    this.#threads.unmap();
    this.#object.close();
  }
}

/** The kernel's own names, in the order of their numbers. */
export const parseVectorNames = (softirqs: string): string[] =>
  [...softirqs.matchAll(/^\s*(\w+):/gm)].map(([, name]) => name ?? '');
