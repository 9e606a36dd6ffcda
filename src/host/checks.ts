// Judgements on a host's facts, for doctor: what works, what is lost and what to do about it. Pure.
import {
  type Capability,
  missingCapabilities,
  type PrivilegedUse,
  type PrivilegeFacts,
} from './capabilities.js';
import type { Driver } from './drivers.js';
import type { KernelFacts } from './facts.js';
import { countsMapsAsLocked } from './memlock.js';

export interface Check {
  readonly name: string;
  /** warning: something is lost or slower. missing: nothing can be measured. */
  readonly state: 'ok' | 'warning' | 'missing';
  readonly detail: string;
  /** What the user can do; null when all is well or nothing can be done. */
  readonly remedy: string | null;
}

/** One line a fact, always the same lines in the same order. */
export function checkHost(facts: KernelFacts): readonly Check[] {
  return [
    checkKernel(facts),
    checkBtf(facts),
    checkJit(facts),
    checkUserNamespace(facts),
    checkTracepoints(facts),
    checkMaps(facts),
    checkFunctionHooks(facts),
    checkLockdown(facts),
    checkDriver('veth', facts),
    checkDriver('tun', facts),
    checkTopologies(facts),
    checkKvm(facts),
  ];
}

/** Of privileges alone: whether the kernel has the hook is found out by attaching. */
const PERMITTED = 'privileges suffice';

const ok = (name: string, detail: string): Check => ({ name, state: 'ok', detail, remedy: null });
const warning = (name: string, detail: string, remedy: string | null): Check => ({
  name,
  state: 'warning',
  detail,
  remedy,
});
const missing = (name: string, detail: string, remedy: string | null): Check => ({
  name,
  state: 'missing',
  detail,
  remedy,
});

function checkKernel({ kernelRelease, onlineCpus, possibleCpus }: KernelFacts): Check {
  const detail = `${kernelRelease}, ${onlineCpus} CPUs online, ${possibleCpus} possible`;
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(kernelRelease) ?? [];
  const isOld = Number(major) < 5 || (Number(major) === 5 && Number(minor) < 10);
  return isOld ? missing('kernel', detail, 'run a kernel of 5.10 or later') : ok('kernel', detail);
}

function checkBtf({ btfBytes }: KernelFacts): Check {
  const name = 'kernel types (BTF)';
  if (btfBytes !== null) return ok(name, `${(btfBytes / 1e6).toFixed(1)} MB`);
  const remedy = 'run a distribution kernel, or build this one with CONFIG_DEBUG_INFO_BTF=y';
  return missing(name, 'this kernel has none', remedy);
}

function checkJit({ bpfJitEnable }: KernelFacts): Check {
  const name = 'BPF compiler (JIT)';
  if (bpfJitEnable === null) return ok(name, 'not shown to us');
  if (bpfJitEnable > 0) return ok(name, 'on');
  return warning(
    name,
    'off: programs are interpreted, at many times the cost',
    'sysctl net.core.bpf_jit_enable=1',
  );
}

function checkUserNamespace({ inInitialUserNamespace }: KernelFacts): Check {
  const name = 'user namespace';
  if (inInitialUserNamespace === null) return ok(name, 'not shown to us');
  if (inInitialUserNamespace) return ok(name, 'the initial one');
  const remedy = 'run it on the host, or in a container without a user namespace';
  return missing(name, 'not the initial one: capabilities do not reach BPF', remedy);
}

function checkTracepoints(facts: KernelFacts): Check {
  const name = 'tracepoints (tp_btf)';
  const lacking = lackingFor('tp_btf', facts);
  const sysctl = facts.unprivilegedBpfDisabled;
  const detail = sysctl === null ? PERMITTED : `${PERMITTED} (unprivileged_bpf_disabled=${sysctl})`;
  return lacking.length === 0 ? ok(name, detail) : missing(name, lackText(lacking), grantText(lacking));
}

function checkMaps(facts: KernelFacts): Check {
  const name = 'map memory';
  const lacking = lackingFor('maps', facts);
  const { memlockLimit } = facts;
  const limit = memlockLimit?.state === 'limited' ? `${memlockLimit.softBytes} bytes` : 'unlimited';
  if (!lacking.includes('CAP_SYS_RESOURCE')) {
    return lacking.length === 0 ? ok(name, PERMITTED) : missing(name, lackText(lacking), grantText(lacking));
  }
  const remedy = 'ulimit -l unlimited (LimitMEMLOCK=infinity in a unit), or CAP_SYS_RESOURCE';
  return missing(name, `kernels before 5.11 count maps as locked memory, limited to ${limit} here`, remedy);
}

/** fentry or, where that is refused, a kprobe: either is enough for the one segment that needs them. */
function checkFunctionHooks(facts: KernelFacts): Check {
  const name = 'functions (fentry, kprobe)';
  const forFentry = lackingFor('fentry', facts);
  const forKprobe = lackingFor('kprobe', facts);
  if (forFentry.length === 0) return ok(name, `${PERMITTED} for both`);
  if (forKprobe.length === 0) return ok(name, `${PERMITTED} for kprobe; fentry ${lackText(forFentry)}`);
  const paranoid = facts.perfEventParanoid;
  const why = paranoid === null ? '' : ` (perf_event_paranoid=${paranoid})`;
  const detail = `${lackText(forKprobe)}${why}: segment inject can't be measured`;
  return warning(name, detail, grantText(forKprobe));
}

function checkLockdown({ lockdown }: KernelFacts): Check {
  if (lockdown === 'unknown') return ok('lockdown', 'not shown by this kernel');
  if (lockdown !== 'confidentiality') return ok('lockdown', lockdown);
  const remedy = 'boot with lockdown=integrity, or do without segment inject';
  return warning('lockdown', 'confidentiality: kprobes and reads of kernel memory are refused', remedy);
}

function checkDriver(driver: Driver, facts: KernelFacts): Check {
  const name = `driver ${driver}`;
  switch (facts.drivers[driver]) {
    case 'builtin':
      return ok(name, 'built in');
    case 'loaded':
      return ok(name, 'loaded');
    case 'unknown':
      return warning(name, 'not loaded, and no list of modules to find it in', `modprobe ${driver}`);
    case 'loadable':
      return warning(
        name,
        'not loaded yet: its functions can only be hooked once it is',
        `modprobe ${driver}`,
      );
    case 'absent':
      return warning(name, 'this kernel has no such driver', 'install the package of its further modules');
  }
}

function checkTopologies(facts: KernelFacts): Check {
  const name = 'demo topologies';
  const lacking = lackingFor('topologies', facts);
  return lacking.length === 0 ? ok(name, PERMITTED) : warning(name, lackText(lacking), grantText(lacking));
}

function checkKvm({ kvm }: KernelFacts): Check {
  if (kvm === 'usable') return ok('KVM', 'usable');
  const emulated = "the demo's guest is emulated (TCG), which is slower";
  if (kvm === 'absent') return warning('KVM', `absent: ${emulated}`, null);
  return warning('KVM', `/dev/kvm is not ours to open: ${emulated}`, 'run it as root or in group kvm');
}

function lackingFor(use: PrivilegedUse, facts: KernelFacts): readonly Capability[] {
  const { capabilities, perfEventParanoid, memlockLimit, kernelRelease } = facts;
  const mapsLimitedByMemlock = memlockLimit?.state === 'limited' && countsMapsAsLocked(kernelRelease);
  const privileges: PrivilegeFacts = { capabilities, perfEventParanoid, mapsLimitedByMemlock };
  return missingCapabilities(use, privileges);
}

const lackText = (lacking: readonly Capability[]): string => `lacks ${lacking.join(', ')}`;
const grantText = (lacking: readonly Capability[]): string =>
  `run it with sudo, or grant ${lacking.join(', ')}`;
