// RPS: lets other CPUs than the sender's receive a device's packets. Goes with the device.
import { execFileSync } from 'node:child_process';
import { availableParallelism } from 'node:os';

/** By flow, over all CPUs, or over those of the given mask. sysfs shows the devices of who mounted it. */
export function spreadReceive(
  netns: string,
  device: string,
  cpuMask = 2 ** availableParallelism() - 1,
): void {
  const setting = `/sys/class/net/${device}/queues/rx-0/rps_cpus`;
  execFileSync('ip', ['netns', 'exec', netns, 'sh', '-c', 'echo "$0" > "$1"', cpuMask.toString(16), setting]);
}
