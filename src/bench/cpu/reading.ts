// What the CPU meter reads: totals since some beginning, of use only as the difference of two. Times in ns.

/** Whose CPU time is told apart; what is nobody's is the rest. */
export type ProcessRole = 'generator' | 'sink' | 'path';

export interface ThreadReading {
  readonly tid: number;
  readonly name: string;
  readonly runNs: number;
}

export interface ProcessReading {
  readonly pid: number;
  readonly role: ProcessRole;
  /** Of all its threads, those that have ended included. */
  readonly runNs: number;
  readonly threads: readonly ThreadReading[];
}

/** By name of the vector as in /proc/softirqs: NET_RX, TIMER and so on. */
export type NsByVector = Readonly<Record<string, number>>;

/** Softirqs that ran on top of one thread. */
export interface SoftirqThread {
  readonly pid: number;
  readonly tid: number;
  readonly ns: NsByVector;
}

export interface SoftirqReading {
  /** On every CPU, whatever they interrupted. */
  readonly ns: NsByVector;
  /** Of the processes asked for, and of the idle threads (pid 0) and ksoftirqd. */
  readonly threads: readonly SoftirqThread[];
  /** On threads that were asked for and that no place was left for: 0 unless they are hundreds. */
  readonly unplacedNs: number;
}

export interface BusyReading {
  readonly atNs: number;
  readonly cpus: number;
  /** Of all CPUs together, waits for disks included. In steps of 10 ms. */
  readonly idleNs: number;
  /** A virtual machine's CPUs wanted to run and were not let. Counts as busy. In steps of 10 ms. */
  readonly stolenNs: number;
}

export interface CpuReading {
  /** Where reading began and where it ended, since it takes CPU time itself. */
  readonly begin: BusyReading;
  readonly end: BusyReading;
  readonly softirq: SoftirqReading;
  readonly processes: readonly ProcessReading[];
  /** By process id: the kernel's own threads that run softirqs. */
  readonly ksoftirqdPids: readonly number[];
  /** Whether a thread's time has that of the softirqs on top of it in it: not with IRQ_TIME_ACCOUNTING. */
  readonly runHasSoftirqs: boolean;
}
