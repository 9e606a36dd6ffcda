// The CPUs: model, frequency, idle states, what is kept free, the clock, and whether they are real.
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { orNull, readText } from '../../host/optionalFile.js';
import { distinct } from './known.js';

type Entry = readonly [name: string, value: string | null];

export function cpuEntries(root: string): Entry[] {
  const system = `${root}/sys/devices/system`;
  const cpu = `${system}/cpu`;
  const cpuinfo = readText(`${root}/proc/cpuinfo`);
  const frequency = (file: string) => frequencyOf(cpu, file);
  return [
    ['cpu model', /^model name\s*: (.*)$/m.exec(cpuinfo ?? '')?.[1] ?? null],
    ['cpu microcode', /^microcode\s*: (.*)$/m.exec(cpuinfo ?? '')?.[1] ?? null],
    ['cpus online', readText(`${cpu}/online`)],
    ['cpus isolated', empty(readText(`${cpu}/isolated`))],
    ['cpus without ticks', empty(readText(`${cpu}/nohz_full`)?.replace('(null)', '') ?? null)],
    ['hyper-threading', smtOf(cpu)],
    ['frequency governor', frequency('scaling_governor')],
    ['frequency driver', frequency('scaling_driver')],
    ['frequency preference', frequency('energy_performance_preference')],
    ['frequency boost', boostOf(cpu)],
    ['idle driver', readText(`${cpu}/cpuidle/current_driver`)],
    [
      'idle governor',
      readText(`${cpu}/cpuidle/current_governor`) ?? readText(`${cpu}/cpuidle/current_governor_ro`),
    ],
    ['clock source', readText(`${system}/clocksource/clocksource0/current_clocksource`)],
    ['virtualisation', virtualisationOf(root, cpuinfo)],
    ['kvm', kvmOf(`${root}/dev/kvm`)],
    ['memory', /^MemTotal:\s*(.*)$/m.exec(readText(`${root}/proc/meminfo`) ?? '')?.[1] ?? null],
    ['lockdown', /\[(\w+)\]/.exec(readText(`${root}/sys/kernel/security/lockdown`) ?? '')?.[1] ?? null],
  ];
}

function kvmOf(file: string): string {
  if (!existsSync(file)) return 'not there';
  const opened = orNull(() => accessSync(file, constants.R_OK | constants.W_OK) ?? true);
  return opened === null ? 'there, but not ours to open' : 'usable';
}

const empty = (list: string | null): string | null => (list?.trim() === '' ? 'none' : list);

/** Of every CPU; a guest's are often the host's to set, and then none has any. */
function frequencyOf(cpu: string, file: string): string | null {
  const cpus = orNull(() => readdirSync(cpu))?.filter((name) => /^cpu\d+$/.test(name));
  if (cpus === undefined) return null;
  const values = cpus.map((name) => readText(`${cpu}/${name}/cpufreq/${file}`));
  return values.every((value) => value === null) ? null : distinct(values);
}

function smtOf(cpu: string): string | null {
  const active = readText(`${cpu}/smt/active`);
  const control = readText(`${cpu}/smt/control`);
  return active === null ? control : `${active === '1' ? 'on' : 'off'} (${control ?? 'unknown'})`;
}

function boostOf(cpu: string): string | null {
  const notTurbo = readText(`${cpu}/intel_pstate/no_turbo`);
  const boost = notTurbo === null ? readText(`${cpu}/cpufreq/boost`) : notTurbo === '0' ? '1' : '0';
  return boost === null ? null : boost === '1' ? 'on' : 'off';
}

function virtualisationOf(root: string, cpuinfo: string | null): string | null {
  if (cpuinfo === null) return null;
  if (!/^flags\s*:.*\bhypervisor\b/m.test(cpuinfo)) return 'none seen';
  const [maker, product] = ['sys_vendor', 'product_name'].map((file) =>
    readText(`${root}/sys/class/dmi/id/${file}`),
  );
  return ['a virtual machine', maker, product].filter(Boolean).join(', ');
}
