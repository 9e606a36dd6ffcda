// Judgements on a host's facts, for doctor: what works, what is lost and what to do about it. Pure.
import { type Check, missing, ok, warning } from './check.js';
import type { Driver } from './drivers.js';
import type { KernelFacts } from './facts.js';
import { checkFunctionHooks, checkMaps, checkTopologies, checkTracepoints } from './privilegeChecks.js';

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

export const typesCheckName = 'kernel types (BTF)';

function checkKernel({ kernelRelease, onlineCpus, possibleCpus }: KernelFacts): Check {
  const detail = `${kernelRelease}, ${onlineCpus} CPUs online, ${possibleCpus} possible`;
  const [, major, minor] = /^(\d+)\.(\d+)/.exec(kernelRelease) ?? [];
  const isOld = Number(major) < 5 || (Number(major) === 5 && Number(minor) < 10);
  return isOld ? missing('kernel', detail, 'run a kernel of 5.10 or later') : ok('kernel', detail);
}

function checkBtf({ btfBytes }: KernelFacts): Check {
  const name = typesCheckName;
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

/** The look at a device's own memory is refused, and without it no device can be told from its successor. */
function checkLockdown({ lockdown }: KernelFacts): Check {
  const name = 'kernel memory';
  if (lockdown === 'unknown') return ok(name, 'lockdown is not shown by this kernel');
  if (lockdown !== 'confidentiality') return ok(name, `lockdown=${lockdown}`);
  const detail = 'lockdown=confidentiality lets no program read it';
  return missing(name, detail, 'boot with lockdown=integrity or none');
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

function checkKvm({ kvm }: KernelFacts): Check {
  if (kvm === 'usable') return ok('KVM', 'usable');
  const emulated = "the demo's guest is emulated (TCG), which is slower";
  if (kvm === 'absent') return warning('KVM', `absent: ${emulated}`, null);
  return warning('KVM', `/dev/kvm is not ours to open: ${emulated}`, 'run it as root or in group kvm');
}
