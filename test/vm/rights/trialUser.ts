// Child program, started as an ordinary user with some capabilities: tries what it is told to over Node's IPC channel.
// A process a set, because libbpf remembers what the kernel once refused to tell it.
import { readFileSync } from 'node:fs';
import { doctorChecks } from '../../../src/cli/doctor.js';
import { parseCapabilities } from '../../../src/host/capabilities.js';
import { checkHost } from '../../../src/host/checks.js';
import { readKernelFacts } from '../../../src/host/facts.js';
import { tryUses } from './trials.js';

export type Task = 'maps' | 'mechanisms';

const tasks = {
  maps: () => ({
    uid: process.geteuid?.() ?? 0,
    held: [...(parseCapabilities(readFileSync('/proc/self/status', 'utf8')) ?? [])],
    doctor: checkHost(readKernelFacts(null)).find(({ name }) => name === 'map memory'),
    trials: tryUses(['maps']),
  }),
  mechanisms: () => ({ trials: tryUses(['tp_btf', 'fentry', 'kprobe']), doctor: doctorChecks() }),
} as const satisfies Record<Task, () => unknown>;

export type Told<T extends Task> = ReturnType<(typeof tasks)[T]>;

process.on('message', (task: Task) => process.send?.(tasks[task]()));
process.once('disconnect', () => process.exit(0));
