// The one table of what a kernel test may need beyond Node itself, and how to find out whether it is there.
import { execFileSync } from 'node:child_process';
import { accessSync } from 'node:fs';
import { findGuestKernel } from '../../../src/bench/guest/cache.js';
import { reasonOf } from '../../../src/errors.js';
import { requireKernelSupport } from '../../../src/host/requirements.js';

/** Throws with the reason where it is missing. */
const needs = {
  root: () => {
    if (process.geteuid?.() !== 0) throw new Error('not root');
  },
  kernel: () => requireKernelSupport(),
  tun: () => accessSync('/dev/net/tun'),
  guest: () => {
    findGuestKernel();
    execFileSync('qemu-system-x86_64', ['--version'], { stdio: 'ignore' });
  },
  python3: () => execFileSync('python3', ['--version'], { stdio: 'ignore' }),
  compiler: () => execFileSync('sh', ['-c', 'command -v clang-14'], { stdio: 'ignore' }),
  tc: () => execFileSync('tc', ['-V'], { stdio: 'ignore' }),
  nft: () => execFileSync('/usr/sbin/nft', ['--version'], { stdio: 'ignore' }),
  socat: () => execFileSync('socat', ['-V'], { stdio: 'ignore' }),
  /** Its every way of telling its version ends with status 1. */
  openvpn: () => execFileSync('sh', ['-c', 'command -v openvpn'], { stdio: 'ignore' }),
  iperf3: () => execFileSync('iperf3', ['--version'], { stdio: 'ignore' }),
  sockperf: () => execFileSync('sockperf', ['--version'], { stdio: 'ignore' }),
  netperf: () => execFileSync('netperf', ['-V'], { stdio: 'ignore' }),
  /** It tells its version with status 1. */
  trafgen: () => execFileSync('sh', ['-c', 'command -v trafgen'], { stdio: 'ignore' }),
  bpftrace: () => execFileSync('bpftrace', ['--version'], { stdio: 'ignore' }),
  ethtool: () => execFileSync('ethtool', ['--version'], { stdio: 'ignore' }),
  chromium: () => execFileSync('chromium', ['--version'], { stdio: 'ignore' }),
  twoCpus: () => accessSync('/sys/devices/system/cpu/cpu1'),
} satisfies Record<string, () => void>;

export type Need = keyof typeof needs;

/** The first need that isn't met, with the reason; null when all are. */
export function missingOf(names: readonly Need[]): string | null {
  for (const name of names) {
    try {
      needs[name]();
    } catch (error) {
      return `${name}: ${reasonOf(error)}`;
    }
  }
  return null;
}
