// The kernel: how it was built, what it was told at boot, and the settings of its network.
import { readdirSync } from 'node:fs';
import { optionOf } from '../../host/kernelConfig.js';
import { orNull, readText } from '../../host/optionalFile.js';

type Entry = readonly [name: string, value: string | null];

/** Below /proc/sys. Only those that all namespaces share, or that ours stands for. */
const settings = [
  'net/core/bpf_jit_enable',
  'net/core/bpf_jit_harden',
  'net/core/busy_poll',
  'net/core/busy_read',
  'net/core/default_qdisc',
  'net/core/dev_weight',
  'net/core/flow_limit_cpu_bitmap',
  'net/core/gro_normal_batch',
  'net/core/netdev_budget',
  'net/core/netdev_budget_usecs',
  'net/core/netdev_max_backlog',
  'net/core/netdev_tstamp_prequeue',
  'net/core/optmem_max',
  'net/core/rmem_max',
  'net/core/rps_default_mask',
  'net/core/rps_sock_flow_entries',
  'net/core/skb_defer_max',
  'net/core/wmem_max',
  'net/ipv4/udp_mem',
  'kernel/bpf_stats_enabled',
  'kernel/numa_balancing',
  'kernel/perf_event_paranoid',
  'kernel/sched_rt_runtime_us',
  'kernel/timer_migration',
  'kernel/watchdog',
] as const;

/** Of the command line, which may hold secrets, these alone. */
const bootOptions = [
  'mitigations',
  'isolcpus',
  'nohz_full',
  'rcu_nocbs',
  'idle',
  'threadirqs',
  'tsc',
] as const;

export function kernelEntries(root: string, config: string | null): Entry[] {
  const commandLine = readText(`${root}/proc/cmdline`);
  return [
    ['kernel build', readText(`${root}/proc/sys/kernel/version`)],
    ['preemption', preemptionOf(root, config, commandLine)],
    ['timer interrupts a second', optionOf(config, 'HZ')],
    ...bootOptions.map((option): Entry => [`boot option ${option}`, bootOption(commandLine, option)]),
    ...settings.map(
      (setting): Entry => [setting.replaceAll('/', '.'), readText(`${root}/proc/sys/${setting}`)],
    ),
    ...vulnerabilities(root),
  ];
}

/** Its value; "given" where it has none, "not given" where it is not there. */
export function bootOption(commandLine: string | null, option: string): string | null {
  if (commandLine === null) return null;
  const word = commandLine.split(/\s+/).findLast((one) => one === option || one.startsWith(`${option}=`));
  if (word === undefined) return 'not given';
  return word.slice(option.length + 1) || 'given';
}

const models = {
  PREEMPT_RT: 'rt',
  PREEMPT_LAZY: 'lazy',
  PREEMPT: 'full',
  PREEMPT_VOLUNTARY: 'voluntary',
} as const;

/** What runs, where the kernel tells; else what it was told at boot; else what it was built for. */
function preemptionOf(root: string, config: string | null, commandLine: string | null): string | null {
  const shown = readText(`${root}/sys/kernel/debug/sched/preempt`);
  const running = /\((\w+)\)/.exec(shown ?? '')?.[1];
  if (running !== undefined) return running;
  if (readText(`${root}/sys/kernel/realtime`) === '1') return 'rt';
  const told = bootOption(commandLine, 'preempt');
  if (told !== null && told !== 'not given') return `${told} (told at boot)`;
  if (config === null) return null;
  const built = Object.entries(models).find(([option]) => optionOf(config, option) === 'y')?.[1] ?? 'none';
  return `${built} (as built)`;
}

/** One entry each, as the kernel words it. */
function vulnerabilities(root: string): Entry[] {
  const folder = `${root}/sys/devices/system/cpu/vulnerabilities`;
  const names = orNull(() => readdirSync(folder))?.sort();
  if (names === undefined) return [['vulnerabilities', null]];
  return names.map((name) => [`vulnerability ${name}`, readText(`${folder}/${name}`)]);
}
