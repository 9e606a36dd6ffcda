// Holds what the commands said and did against what each condition must come to. Pure: reports in, the faults in
// words out.
import { ExitCode } from '../../../src/errors.js';
import { hookNames } from '../../../src/kernel/hooks.js';
import { type Segment, segments } from '../../../src/measure/segments.js';
import type { TestKernel } from '../kernels.js';
import { conditions } from './conditions.js';
import {
  type Expectation,
  expectations,
  mergedBacklogWithout,
  partsWithout,
  segmentsWithout,
} from './expectations.js';
import type { ConditionReport, HostsReport, LeftOutReport } from './report.js';

const allSegments = segments.map(({ name }) => name);

export function faultsOf(reports: readonly HostsReport[], kernel: TestKernel): string[] {
  const met = reports.flatMap((report) => report.conditions);
  const leftOut = reports.flatMap((report) => report.leftOut);
  return [
    ...reports.flatMap(bootFaults),
    ...conditions
      .filter(({ name }) => !met.some(({ condition }) => condition === name))
      .map(({ name }) => `${name}: was not met`),
    ...met.flatMap((report) =>
      conditionFaults(report, expectations[report.condition](kernel)).map((f) => `${report.condition}: ${f}`),
    ),
    ...hookNames
      .filter((hook) => !leftOut.some(({ without }) => without === hook))
      .map((hook) => `${hook}: was not left out`),
    ...leftOut.flatMap((report) => leftOutFaults(report, kernel)),
  ];
}

function bootFaults({ variant, lockdown, isTracefsMounted }: HostsReport): string[] {
  const mode = variant === 'integrity' || variant === 'confidentiality' ? variant : 'none';
  return [
    ...(lockdown?.includes(`[${mode}]`) ? [] : [`${variant}: the kernel's lockdown is ${lockdown}`]),
    ...(isTracefsMounted
      ? [`${variant}: tracefs is mounted, so nothing shows that it can be done without`]
      : []),
  ];
}

function conditionFaults(report: ConditionReport, expected: Expectation): string[] {
  const { doctor, snapshot } = report;
  const exitCode = expected.state === 'measured' ? ExitCode.ok : ExitCode.unsupported;
  const exits = Object.entries({ doctor, snapshot })
    .filter(([, outcome]) => outcome.exitCode !== exitCode)
    .map(
      ([name, outcome]) => `${name} ended with ${outcome.exitCode} instead of ${exitCode}: ${outcome.stderr}`,
    );
  return [
    ...exits,
    ...(doctor.stderr === '' ? [] : [`doctor wrote to stderr: ${doctor.stderr}`]),
    ...doctorFaults(report, expected),
    ...(expected.state === 'measured'
      ? measuredFaults(report, expected.injectBy)
      : refusalFaults(report, expected)),
  ];
}

/** Some line says it, with a remedy, and every complaint is one line. */
function doctorFaults({ doctor }: ConditionReport, { told }: Expectation): string[] {
  const complaints = doctor.checks.filter(({ state }) => state !== 'ok');
  const text = complaints.map(({ name, detail, remedy }) => `${name}: ${detail}; ${remedy}`);
  const says = told === null || complaints.some(({ detail, remedy }) => told.test(detail) && remedy !== null);
  const hasSegments = doctor.checks.some(({ name }) => name === 'segments');
  return [
    ...(says ? [] : [`doctor does not say ${told}: ${text.join(' | ')}`]),
    ...text.filter((line) => line.includes('\n')).map((line) => `doctor has a line of several: ${line}`),
    ...(told === null && hasSegments && text.some((line) => line.startsWith('hook '))
      ? [`doctor complains of hooks: ${text.join(' | ')}`]
      : []),
  ];
}

function measuredFaults({ doctor, snapshot }: ConditionReport, injectBy: string | null): string[] {
  const expected = allSegments.filter((segment) => segment !== 'inject' || injectBy !== null);
  const mechanism = snapshot.hooks.find(({ hook }) => hook === 'tun_get_user')?.mechanism ?? null;
  const line = doctor.checks.find(({ name }) => name === 'segments')?.detail;
  return [
    ...(snapshot.stderr === '' ? [] : [`snapshot wrote to stderr: ${snapshot.stderr}`]),
    ...segmentFaults(snapshot.segments, expected),
    ...(mechanism === injectBy ? [] : [`tun_get_user is served by ${mechanism} instead of ${injectBy}`]),
    ...(line === lineOf(expected) ? [] : [`doctor's line of segments is "${line}"`]),
  ];
}

/** One line: what was tried, on what, why it failed and what to do. No stack trace, no noise of libbpf. */
function refusalFaults({ snapshot }: ConditionReport, { told }: Expectation): string[] {
  const { stderr, segments: measured } = snapshot;
  const isOneLine = /^vifscope: cannot \w.*: .+; .+\n$/.test(stderr);
  return [
    ...(isOneLine
      ? []
      : [`snapshot's message is not operation, object, cause and remedy in one line: ${stderr}`]),
    ...(told === null || told.test(stderr) ? [] : [`snapshot does not say ${told}: ${stderr}`]),
    ...(measured.length === 0 ? [] : [`snapshot measured ${measured.join(', ')}`]),
  ];
}

function leftOutFaults(report: LeftOutReport, kernel: TestKernel): string[] {
  const { without, segments: measured, mergedBacklog, doctorLine } = report;
  const expected = segmentsWithout[without];
  const expectedShare = mergedBacklogWithout[without]?.(kernel) ?? null;
  const faults = [
    ...segmentFaults(measured, expected),
    ...(mergedBacklog === expectedShare
      ? []
      : [`the backlog of merged packets is measured: ${mergedBacklog}, instead of ${expectedShare}`]),
    ...(doctorLine === lineOf(expected, partsWithout[without])
      ? []
      : [`doctor's line of segments is "${doctorLine}"`]),
  ];
  return faults.map((fault) => `without ${without}: ${fault}`);
}

function segmentFaults(measured: readonly Segment[], expected: readonly Segment[]): string[] {
  const isSame = allSegments.every((segment) => measured.includes(segment) === expected.includes(segment));
  return isSame ? [] : [`measured are ${measured.join(', ') || 'none'} instead of ${expected.join(', ')}`];
}

/** As src/cli/doctor.ts words it. */
export function lineOf(measured: readonly Segment[], parts?: string): string {
  const whole = allSegments.filter((segment) => !measured.includes(segment));
  const lost = [...whole, ...(parts === undefined ? [] : [parts])];
  return lost.length === 0 ? 'all are measured' : `${measured.join(', ')}; not ${lost.join(', ')}`;
}
