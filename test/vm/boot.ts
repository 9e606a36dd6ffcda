// Boots a kernel with the project inside under QEMU and returns what the program inside reports.
// In: a kernel and its initramfs. Out: the report. The VM is bounded in time and dies with this process.
import type { StdioOptions } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type Accelerator, accelerators, rememberKvmFailure } from '../../src/bench/guest/accelerator.js';
import type { Scope } from '../../src/bench/scope.js';
import { startTied } from '../../src/bench/tiedProcess.js';
import { within } from '../../src/bench/within.js';
import { reportEnd, reportStart, upLine } from './protocol.js';

/** KVM boots in about a second or not at all; TCG has to emulate unpacking 120 MB, in 5 s where it isn't disturbed. */
export const bootLimitSeconds: Record<Accelerator, number> = { kvm: 10, tcg: 60 };
/** QEMU 7.2 emulates cmpxchg16b wrongly once in a while, and from 6.5 on slab allocation is made of it. */
const cpuModel: Record<Accelerator, string> = { kvm: 'host', tcg: 'max,-cx16' };
const keptConsoleLines = 30;

export interface VmSpec {
  readonly kernel: string;
  /** Descriptor of the initramfs. */
  readonly initramfs: number;
  /** Added to the kernel's command line. */
  readonly words: readonly string[];
  /** From up to reported. */
  readonly limitSeconds: number;
}

/** The VM was gone before its time, or never came up: its kernel has crashed, or QEMU has. */
export class VmEnded extends Error {}

/** @returns the text of the report */
export async function runVm(spec: VmSpec, scope: Scope): Promise<string> {
  for (const accelerator of accelerators()) {
    const stdio: StdioOptions = ['ignore', 'pipe', 'pipe', spec.initramfs];
    const vm = startTied('VM', commandLine(spec, accelerator), stdio, scope);
    const console = watchConsole(vm.child.stdout, scope.progress);
    const wait = <T>(
      promise: Promise<T>,
      limitSeconds: number,
      what: string,
      Failure: new (text: string) => Error = Error,
    ): Promise<T> => {
      const tell = (how: string) => [`the VM ${how} before ${what}`, ...console.lastLines].join('\n');
      const early = vm.ended.then((how) => Promise.reject(new VmEnded(tell(how))));
      const onLimit = () => new Failure(tell(`took more than ${limitSeconds} s`));
      return within(Promise.race([promise, early]), { limitSeconds, onLimit, signal: scope.signal });
    };
    try {
      await wait(console.up, bootLimitSeconds[accelerator], 'it was up', VmEnded);
      return await wait(console.report, spec.limitSeconds, 'it reported');
    } catch (error) {
      if (accelerator !== 'kvm' || console.isUp() || scope.signal.aborted) throw error;
      rememberKvmFailure();
    } finally {
      await vm.stop();
    }
  }
  throw new Error('no accelerator boots the VM');
}

function commandLine({ kernel, words }: VmSpec, accelerator: Accelerator): string[] {
  return [
    ...['qemu-system-x86_64', '-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none'],
    ...['-serial', 'stdio', '-net', 'none'],
    // One CPU: two under TCG's threads crash 6.12.
    ...['-accel', accelerator, '-cpu', cpuModel[accelerator], '-smp', '1', '-m', '1024'],
    ...['-kernel', kernel, '-initrd', '/proc/self/fd/3'],
    ...['-append', ['console=ttyS0', 'quiet', 'panic=-1', ...words].join(' ')],
  ];
}

/** Reads the console to the VM's end, so that it never blocks on a full pipe, and passes on what is no report. */
function watchConsole(output: Readable | null, progress: (text: string) => void) {
  const lastLines: string[] = [];
  let state: 'booting' | 'up' | 'reporting' = 'booting';
  let text = '';
  let sayUp = () => {};
  let sayReport = (_text: string) => {};
  const up = new Promise<void>((resolve) => {
    sayUp = resolve;
  });
  const report = new Promise<string>((resolve) => {
    sayReport = resolve;
  });
  const take = (line: string) => {
    if (line.includes(upLine)) {
      state = 'up';
      sayUp();
    } else if (line.includes(reportStart)) state = 'reporting';
    else if (line.includes(reportEnd)) sayReport(text);
    else if (state === 'reporting') text += line;
    else if (state === 'up') progress(`  ${line}`);
    if (lastLines.push(line) > keptConsoleLines) lastLines.shift();
  };
  if (output !== null) createInterface({ input: output }).on('line', (line) => take(line.replace(/\r$/, '')));
  return { up, report, lastLines, isUp: () => state !== 'booting' };
}
