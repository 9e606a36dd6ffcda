// What this process may do of all that vifscope does, as lines of doctor; each names the capabilities that are lacking.
import {
  type Capability,
  grantText,
  lackText,
  missingCapabilities,
  type PrivilegedUse,
  refusesPerfmon,
} from './capabilities.js';
import { type Check, missing, ok, warning } from './check.js';
import type { KernelFacts } from './facts.js';
import { privilegesOf } from './privileges.js';

/** Of privileges alone: whether the kernel has the hook is found out by attaching. */
const PERMITTED = 'privileges suffice';

export function checkTracepoints(facts: KernelFacts): Check {
  const name = 'tracepoints (tp_btf)';
  const lacking = lackingFor('tp_btf', facts);
  const sysctl = facts.unprivilegedBpfDisabled;
  const detail = sysctl === null ? PERMITTED : `${PERMITTED} (unprivileged_bpf_disabled=${sysctl})`;
  return lacking.length === 0 ? ok(name, detail) : missing(name, lackText(lacking), grantText(lacking));
}

export function checkMaps(facts: KernelFacts): Check {
  const name = 'map memory';
  const lacking = lackingFor('maps', facts);
  const { memlockLimit } = facts;
  const limit = memlockLimit?.state === 'limited' ? `${memlockLimit.softBytes} bytes` : 'unlimited';
  if (!lacking.includes('CAP_SYS_RESOURCE')) {
    return lacking.length === 0 ? ok(name, PERMITTED) : missing(name, lackText(lacking), grantText(lacking));
  }
  const detail = `${lackText(lacking)}: kernels before 5.11 count maps as locked memory, limited to ${limit} here`;
  const remedy = 'ulimit -l unlimited (LimitMEMLOCK=infinity in a unit) does instead of CAP_SYS_RESOURCE';
  return missing(name, detail, `${grantText(lacking)}; ${remedy}`);
}

/** fentry or, where that is refused, a kprobe: either is enough for the one segment that needs them. */
export function checkFunctionHooks(facts: KernelFacts): Check {
  const name = 'functions (fentry, kprobe)';
  const forFentry = lackingFor('fentry', facts);
  const forKprobe = lackingFor('kprobe', facts);
  if (forFentry.length === 0) return ok(name, `${PERMITTED} for both`);
  if (forKprobe.length === 0) return ok(name, `${PERMITTED} for kprobe; fentry ${lackText(forFentry)}`);
  const lost = `${lackText(forKprobe)}: segment inject can't be measured`;
  if (!refusesPerfmon(facts.perfEventParanoid)) return warning(name, lost, grantText(forKprobe));
  const detail = `${lost} (perf_event_paranoid=${facts.perfEventParanoid})`;
  return warning(name, detail, `${grantText(forKprobe)}; or sysctl kernel.perf_event_paranoid=2`);
}

export function checkTopologies(facts: KernelFacts): Check {
  const name = 'demo topologies';
  const lacking = lackingFor('topologies', facts);
  return lacking.length === 0 ? ok(name, PERMITTED) : warning(name, lackText(lacking), grantText(lacking));
}

const lackingFor = (use: PrivilegedUse, facts: KernelFacts): readonly Capability[] =>
  missingCapabilities(use, privilegesOf(facts));
