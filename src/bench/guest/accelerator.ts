// Which way the guest's CPU runs: KVM where it boots the guest, else TCG; a failure of KVM is remembered.
import { accessSync, constants, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { cacheFolder } from './cache.js';

export type Accelerator = 'kvm' | 'tcg';

/** Holds the boot id of the host whose KVM failed: after a reboot, or elsewhere, it is tried again. */
const memory = () => join(cacheFolder(), 'kvm-failed');
const bootId = () => readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim();

function kvmFailedBefore(): boolean {
  try {
    return readFileSync(memory(), 'latin1').trim() === bootId();
  } catch {
    // Nothing is remembered.
    return false;
  }
}

/** Whether a device is there and ours to use. */
export function canUse(device: string): boolean {
  try {
    accessSync(device, constants.R_OK | constants.W_OK);
    return true;
  } catch {
    return false;
  }
}

/** In the order in which to try them. */
export const accelerators = (): readonly Accelerator[] =>
  canUse('/dev/kvm') && !kvmFailedBefore() ? ['kvm', 'tcg'] : ['tcg'];

export function rememberKvmFailure(): void {
  mkdirSync(dirname(memory()), { recursive: true });
  writeFileSync(memory(), `${bootId()}\n`);
}
