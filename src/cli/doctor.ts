// vifscope doctor: what this host allows, hook by hook, and what to do about the rest.
import type { Argv, CommandModule } from 'yargs';
import { ExitCode, reasonOf, VifscopeError } from '../errors.js';
import { paintFor } from '../export/paint.js';
import { type Check, ok, warning } from '../host/check.js';
import { checkHost, typesCheckName } from '../host/checks.js';
import { readKernelFacts, readPossibleCpus } from '../host/facts.js';
import { readKernelBtf } from '../host/kernelBtf.js';
import { requireKernelSupport } from '../host/requirements.js';
import { probeHooks } from '../kernel/attach.js';
import { claimingHere } from '../kernel/bpfObjects.js';
import { type HookStatus, measurableSegments, unmeasuredParts } from '../kernel/hooks.js';
import { geometryOf, mapBytes, type Sizes, sizesFor } from '../kernel/sizes.js';
import { libbpfVersion } from '../libbpf/library.js';
import { finest } from '../measure/hdr.js';
import { segments } from '../measure/segments.js';
import { print, terminalOf } from '../terminal/output.js';

interface Raw {
  readonly json: boolean;
  exitCode?: ExitCode;
}

export const doctor: CommandModule<object, Raw> = {
  command: 'doctor',
  describe: 'show what this host allows: kernel, libbpf, privileges, and each hook',
  builder: (argv): Argv<Raw> =>
    argv.option('json', { type: 'boolean', default: false, describe: 'print JSON' }),
  handler: async (raw) => {
    const checks = doctorChecks();
    await print(raw.json ? `${JSON.stringify({ version: 1, checks }, null, 2)}\n` : text(checks));
    raw.exitCode = checks.some((check) => check.state === 'missing') ? ExitCode.unsupported : ExitCode.ok;
  },
};

/** All that is judged, in the order of the lines. */
export const doctorChecks = (): readonly Check[] => [
  ...hostChecks(),
  checkLibbpf(),
  precisionCheck(sizesFor(readPossibleCpus())),
  ...hookChecks(),
];

/** Types that are there and can't be understood are one line like any other. */
function hostChecks(): readonly Check[] {
  try {
    return checkHost(readKernelFacts(readKernelBtf()));
  } catch (error) {
    const misread = failedCheck(typesCheckName, error);
    return checkHost(readKernelFacts(null)).map((check) => (check.name === typesCheckName ? misread : check));
  }
}

function checkLibbpf(): Check {
  try {
    return { name: 'libbpf', state: 'ok', detail: libbpfVersion(), remedy: null };
  } catch (error) {
    return failedCheck('libbpf', error);
  }
}

/** Of the service and of commands where nothing else is asked for. */
export function precisionCheck(sizes: Sizes): Check {
  const name = 'histograms';
  const percent = (geometryOf(sizes).bucketWidthRatio * 100).toFixed(1);
  const detail = `buckets ${percent} % wide, room for ${sizes.shards} segments of devices, ${(mapBytes(sizes).histograms / 1e6).toFixed(0)} MB`;
  return sizes.subBucketBits === finest.subBucketBits
    ? ok(name, detail)
    : warning(
        name,
        `${detail}: each of ${sizes.cpus} possible CPUs has copies of its own`,
        'fewer are finer: limits.shards of the service',
      );
}

/** How packets are claimed, then one line a hook; a single line where none can be tried. */
function hookChecks(): Check[] {
  try {
    requireKernelSupport();
    const statuses = probeHooks();
    return [atomicsCheck(), ...checkHooks(statuses)];
  } catch (error) {
    return [failedCheck('hooks', error)];
  }
}

function atomicsCheck(): Check {
  const name = 'atomics';
  return claimingHere() === 'compare-and-exchange'
    ? { name, state: 'ok', detail: 'compare-and-exchange', remedy: null }
    : {
        name,
        state: 'warning',
        detail: 'no compare-and-exchange: packets are claimed behind gates, which costs more a packet',
        remedy: 'run a kernel of 5.12 or later',
      };
}

export const checkHooks = (statuses: readonly HookStatus[]): Check[] => [
  ...statuses.map(hookCheck),
  segmentsCheck(statuses),
];

function hookCheck(status: HookStatus): Check {
  const name = `hook ${status.hook}`;
  return status.state === 'attached'
    ? { name, state: 'ok', detail: status.mechanism, remedy: null }
    : { name, state: 'warning', detail: status.reason, remedy: status.remedy };
}

function segmentsCheck(statuses: readonly HookStatus[]): Check {
  const measured = measurableSegments(statuses);
  const whole = segments.map((s) => s.name).filter((name) => !measured.includes(name));
  const lost = [...whole, ...unmeasuredParts(statuses)];
  const name = 'segments';
  return lost.length === 0
    ? { name, state: 'ok', detail: 'all are measured', remedy: null }
    : { name, state: 'warning', detail: `${measured.join(', ')}; not ${lost.join(', ')}`, remedy: null };
}

function failedCheck(name: string, error: unknown): Check {
  if (!(error instanceof VifscopeError)) throw error;
  return { name, state: 'missing', detail: reasonOf(error.failure.reason), remedy: error.failure.remedy };
}

const marks = { ok: 'ok', warning: 'warning', missing: 'MISSING' } as const;

function text(checks: readonly Check[]): string {
  const paint = paintFor(terminalOf().color);
  const nameWidth = Math.max(...checks.map((check) => check.name.length));
  const lines = checks.flatMap(({ name, state, detail, remedy }) => {
    const mark = marks[state].padEnd(8);
    const line = `${state === 'ok' ? mark : paint.alarm(mark)}${name.padEnd(nameWidth)}  ${detail}`;
    return remedy === null ? [line] : [line, `${' '.repeat(8 + nameWidth)}  → ${remedy}`];
  });
  return `${lines.join('\n')}\n`;
}
