// Reports of a kernel on which all is well, for the tests of the judge.
import type { Check } from '../../../src/host/check.js';
import { hookNames } from '../../../src/kernel/hooks.js';
import { type Segment, segments } from '../../../src/measure/segments.js';
import type { HookLine } from '../../../src/measure/snapshot.js';
import type { TestKernel } from '../kernels.js';
import { type ConditionName, conditions, type Variant, variants } from './conditions.js';
import { expectations, mergedBacklogWithout, partsWithout, segmentsWithout } from './expectations.js';
import { lineOf } from './faults.js';
import type { ConditionReport, HostsReport, LeftOutReport } from './report.js';

export const kernel: TestKernel = {
  series: '6.1',
  suite: 'bookworm',
  functionMechanism: 'fentry',
  fullQueueReason: 'FULL_RING',
};
export const allSegments = segments.map(({ name }) => name);

/** The words that each condition asks for. */
export const words: Readonly<Record<ConditionName, string>> = {
  'as it is': '',
  'no BTF': 'this kernel has none',
  'BTF that is none': 'no BTF magic',
  'no capability': 'lacks CAP_BPF, CAP_PERFMON',
  'CAP_BPF and CAP_PERFMON, perf_event_paranoid=3': 'lacks CAP_SYS_ADMIN (perf_event_paranoid=3)',
  'CAP_BPF and CAP_PERFMON, perf_event_paranoid=2': '',
  "files of modules' BTF hidden": '',
  "CAP_BPF and CAP_PERFMON, perf_event_paranoid=2, files of modules' BTF hidden": '',
  'CAP_BPF and CAP_PERFMON, perf_event_paranoid=2, 64 KiB of locked memory': '',
  'lockdown=integrity': '',
  'lockdown=confidentiality': 'it lets no program read',
  'lockdown=confidentiality, securityfs not mounted': 'it lets no program read',
};

export const segmentsLine = (measured: readonly Segment[], parts?: string): Check => {
  const detail = lineOf(measured, parts);
  return { name: 'segments', state: detail.includes('not') ? 'warning' : 'ok', detail, remedy: null };
};

function goodCondition(condition: ConditionName): ConditionReport {
  const expected = expectations[condition](kernel);
  const state = expected.state === 'refused' ? 'missing' : 'warning';
  const said: Check[] =
    expected.told === null ? [] : [{ name: 'it', state, detail: words[condition], remedy: 'mend it' }];
  if (expected.state === 'refused') {
    const stderr = `vifscope: cannot use it: ${words[condition]}; mend it\n`;
    return {
      condition,
      doctor: { exitCode: 4, stderr: '', checks: said },
      snapshot: { exitCode: 4, stderr, segments: [], hooks: [] },
    };
  }
  const mechanism = expected.injectBy;
  const measured = allSegments.filter((segment) => segment !== 'inject' || mechanism !== null);
  const hook: HookLine =
    mechanism === null
      ? { hook: 'tun_get_user', mechanism, state: 'missing', reason: 'refused' }
      : { hook: 'tun_get_user', mechanism, state: 'attached', reason: null };
  return {
    condition,
    doctor: { exitCode: 0, stderr: '', checks: [...said, segmentsLine(measured)] },
    snapshot: { exitCode: 0, stderr: '', segments: measured, hooks: [hook] },
  };
}

export const goodLeftOut: readonly LeftOutReport[] = hookNames.map((without) => ({
  without,
  segments: segmentsWithout[without],
  mergedBacklog: mergedBacklogWithout[without]?.(kernel) ?? null,
  doctorLine: segmentsLine(segmentsWithout[without], partsWithout[without]).detail,
}));

const goodBoot = (variant: Variant): HostsReport => ({
  variant,
  lockdown: `[${variant === 'integrity' || variant === 'confidentiality' ? variant : 'none'}] others`,
  isTracefsMounted: false,
  conditions: conditions.filter((one) => one.variant === variant).map(({ name }) => goodCondition(name)),
  leftOut: variant === 'hooks' ? goodLeftOut : [],
});
export const good: readonly HostsReport[] = variants.map(goodBoot);
