// Starts the guest under QEMU on two tap descriptors and waits until it says that it routes.
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { VifscopeError } from '../../errors.js';
import type { Addresses } from '../addresses.js';
import type { GuestSettings } from '../path.js';
import type { Scope } from '../scope.js';
import { startTied, type TiedProcess } from '../tiedProcess.js';
import { within } from '../within.js';
import { type Accelerator, accelerators, canUse, rememberKvmFailure } from './accelerator.js';
import { readyLine } from './image.js';

const qemu = 'qemu-system-x86_64';

/** KVM boots the guest in about a second or not at all; TCG takes 3 to 5 s on an idle CPU. */
const bootLimitSeconds: Record<Accelerator, number> = { kvm: 5, tcg: 90 };
const cpuModel: Record<Accelerator, string> = { kvm: 'host', tcg: 'max' };
const keptConsoleLines = 5;

export interface GuestSpec {
  readonly kernel: string;
  readonly initramfs: string;
  readonly addresses: Addresses;
  /** Descriptors of the taps that the guest's two devices are joined to, in order of travel: one a queue. */
  readonly taps: readonly [readonly number[], readonly number[]];
}

export interface Guest {
  readonly process: TiedProcess;
  readonly settings: GuestSettings;
}

/** @param limitSeconds for booting, by accelerator */
export async function startGuest(
  spec: GuestSpec,
  scope: Scope,
  limitSeconds: Readonly<Record<Accelerator, number>> = bootLimitSeconds,
): Promise<Guest> {
  for (const accelerator of accelerators()) {
    scope.progress(`booting the guest under ${accelerator.toUpperCase()}`);
    const vhost = canUse('/dev/vhost-net') ? 'on' : 'off';
    const settings: GuestSettings = { accelerator, vhost, queues: spec.taps[0].length };
    const stdio = ['pipe', 'pipe', 'pipe', ...spec.taps.flat()] as const;
    const guest = startTied('guest', commandLine(spec, settings), [...stdio], scope);
    try {
      await ready(guest, limitSeconds[accelerator], scope.signal);
      return { process: guest, settings };
    } catch (error) {
      await guest.stop();
      if (accelerator !== 'kvm' || scope.signal.aborted) throw error;
      scope.progress(`KVM does not boot it here within ${limitSeconds.kvm} s`);
      rememberKvmFailure();
    }
  }
  throw new Error('no accelerator left to try');
}

function commandLine(spec: GuestSpec, { accelerator, vhost, queues }: GuestSettings): string[] {
  const { guestInMac, guestOutMac } = spec.addresses;
  // A vector for each queue and direction, and two for the device.
  const multiqueue = queues > 1 ? `,mq=on,vectors=${2 * queues + 2}` : '';
  // The taps are the child's descriptors from 3 on; no boot ROM, since the guest boots from its own kernel.
  const device = (place: number, mac: string) => {
    const fds = Array.from({ length: queues }, (_, queue) => 3 + place * queues + queue).join(':');
    return [
      '-netdev',
      `tap,id=net${place},${queues > 1 ? 'fds' : 'fd'}=${fds},vhost=${vhost}`,
      '-device',
      `virtio-net-pci,netdev=net${place},mac=${mac},romfile=${multiqueue}`,
    ];
  };
  return [
    ...[qemu, '-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none', '-serial', 'stdio'],
    ...['-accel', accelerator, '-cpu', cpuModel[accelerator], '-smp', String(queues), '-m', '256'],
    ...['-kernel', spec.kernel, '-initrd', spec.initramfs],
    ...['-append', 'console=ttyS0 quiet panic=-1 ipv6.disable=1'],
    ...device(0, guestInMac),
    ...device(1, guestOutMac),
  ];
}

async function ready(guest: TiedProcess, limitSeconds: number, signal: AbortSignal): Promise<void> {
  const console = watchConsole(guest.child.stdout);
  const failure = (reason: string) =>
    new VifscopeError({
      code: 'FAILED',
      operation: 'boot',
      object: 'the guest',
      reason: [reason, ...console.lastLines].join(', '),
      remedy: `scripts/setup.sh installs ${qemu} and the guest's kernel`,
    });
  const onLimit = () => failure(`not ready within ${limitSeconds} s`);
  const outcome = await within(Promise.race([console.ready, guest.ended]), { limitSeconds, onLimit, signal });
  if (outcome !== readyLine) throw failure(outcome);
}

/** Reads the console to the end of the guest, so that it never blocks on a full pipe. */
function watchConsole(output: Readable | null) {
  const lastLines: string[] = [];
  const ready = new Promise<string>((resolve) => {
    if (output === null) return;
    createInterface({ input: output }).on('line', (line) => {
      lastLines.push(line.trim());
      if (lastLines.length > keptConsoleLines) lastLines.shift();
      if (line.includes(readyLine)) resolve(readyLine);
    });
  });
  return { ready, lastLines };
}
