// Boots a kernel with the project inside under QEMU and returns what the program inside reports.
// In: a kernel and its initramfs. Out: the report. The VM is bounded in time and dies with this process.
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { type Accelerator, accelerators, rememberKvmFailure } from '../../src/bench/guest/accelerator.js';
import type { Scope } from '../../src/bench/scope.js';
import { startTied } from '../../src/bench/tiedProcess.js';
import { within } from '../../src/bench/within.js';
import { reportEnd, reportStart, upLine, type VmReport } from './protocol.js';

/** KVM boots in about a second or not at all; TCG has to emulate unpacking 120 MB. */
const bootLimitSeconds: Record<Accelerator, number> = { kvm: 10, tcg: 60 };
const cpuModel: Record<Accelerator, string> = { kvm: 'host', tcg: 'max' };
/** For boot and checks together. */
const vmLimitSeconds = 115;
const keptConsoleLines = 30;

export interface VmSpec {
  readonly kernel: string;
  readonly initramfs: string;
}

export async function runVm(spec: VmSpec, scope: Scope): Promise<VmReport> {
  for (const accelerator of accelerators()) {
    const vm = startTied('VM', commandLine(spec, accelerator), ['ignore', 'pipe', 'pipe'], scope);
    const console = watchConsole(vm.child.stdout);
    const wait = <T>(promise: Promise<T>, limitSeconds: number, what: string): Promise<T> => {
      const fail = (how: string) =>
        new Error([`the VM ${how} before ${what}`, ...console.lastLines].join('\n'));
      const early = vm.ended.then((how) => Promise.reject(fail(how)));
      const onLimit = () => fail(`took more than ${limitSeconds} s`);
      return within(Promise.race([promise, early]), { limitSeconds, onLimit, signal: scope.signal });
    };
    try {
      if (!(await comesUp(wait(console.up, bootLimitSeconds[accelerator], 'it was up'), accelerator)))
        continue;
      return await wait(console.report, vmLimitSeconds, 'it reported');
    } finally {
      await vm.stop();
    }
  }
  throw new Error('no accelerator boots the VM');
}

/** False when KVM can't boot here, which is then remembered. */
async function comesUp(up: Promise<void>, accelerator: Accelerator): Promise<boolean> {
  try {
    await up;
    return true;
  } catch (error) {
    if (accelerator !== 'kvm') throw error;
    rememberKvmFailure();
    return false;
  }
}

function commandLine({ kernel, initramfs }: VmSpec, accelerator: Accelerator): string[] {
  return [
    ...['qemu-system-x86_64', '-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none'],
    ...['-serial', 'stdio', '-net', 'none'],
    // One CPU: two under TCG's threads crash 6.12.
    ...['-accel', accelerator, '-cpu', cpuModel[accelerator], '-smp', '1', '-m', '1024'],
    ...['-kernel', kernel, '-initrd', initramfs, '-append', 'console=ttyS0 quiet panic=-1'],
  ];
}

/** Reads the console to the VM's end, so that it never blocks on a full pipe. */
function watchConsole(output: Readable | null) {
  const lastLines: string[] = [];
  let isReport = false;
  let reportText = '';
  let sayUp = () => {};
  let sayReport = (_report: VmReport) => {};
  const up = new Promise<void>((resolve) => {
    sayUp = resolve;
  });
  const report = new Promise<VmReport>((resolve) => {
    sayReport = resolve;
  });
  const take = (line: string) => {
    if (line.includes(upLine)) sayUp();
    if (line.includes(reportEnd)) sayReport(JSON.parse(reportText) as VmReport);
    else if (isReport) reportText += line;
    if (line.includes(reportStart)) isReport = true;
    if (lastLines.push(line) > keptConsoleLines) lastLines.shift();
  };
  if (output !== null) createInterface({ input: output }).on('line', (line) => take(line.trimEnd()));
  return { up, report, lastLines };
}
