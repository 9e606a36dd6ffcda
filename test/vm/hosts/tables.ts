// What each condition came to, and what is lost without each hook: two tables in Markdown, in which kernels of which
// the same is to be said share a line.
import { hookNames } from '../../../src/kernel/hooks.js';
import { segments } from '../../../src/measure/segments.js';
import { tableOf } from '../markdown.js';
import type { KernelReports } from '../plan.js';
import { conditions } from './conditions.js';
import type { ConditionReport, HostsReport } from './report.js';

type Kernels = readonly KernelReports<HostsReport>[];

const allSegments = segments.map(({ name }) => name);

export function hostTables(kernels: Kernels): string {
  return [
    'As root where no capabilities are named, otherwise as an ordinary user; `kernel.perf_event_paranoid` is 3 where it is not named, `kernel.unprivileged_bpf_disabled` is 2, and tracefs is not mounted. What is refused ends `doctor` and `snapshot` with status 4; the message is the one of `snapshot`. Files that are hidden take nothing from libbpf, which asks the kernel for the BTF of a module by its number: that takes CAP_SYS_ADMIN, so where module BTF may not be read is where a user lacks that capability.',
    '',
    ...tableOf(
      ['condition', 'kernels', 'what is measured, or said'],
      conditions.flatMap(({ name }) => linesOf(name, kernels, (report) => outcomeIn(report, name))),
    ),
    '',
    'Of the segments of a packet through two tun devices, what is lost where one hook is missing; and how much of `backlog` is measured on a veth that merges packets (GRO): the whole, a part of the packets, or none. `doctor` says the same, and that without tun_sendmsg `inject` is lost of the packets that vhost writes in batches:',
    '',
    ...tableOf(
      ['hook', 'kernels', 'lost', 'measured of a veth with GRO'],
      hookNames.flatMap((hook) => linesOf(hook, kernels, (report) => lossIn(report, hook))),
    ),
  ].join('\n');
}

/** In no cell of a table. */
const cellBreak = '\n';

/** One line an answer, with the kernels that give it. @param answerIn null in the boots that it was not asked in */
function linesOf(
  title: string,
  kernels: Kernels,
  answerIn: (report: HostsReport) => readonly string[] | null,
): string[][] {
  const askedOf = (reports: readonly HostsReport[]) =>
    (reports.map(answerIn).find((answer) => answer !== null) ?? ['not tried']).join(cellBreak);
  const answers = kernels.map(({ kernel, reports }) => ({ kernel, answer: askedOf(reports) }));
  const distinct = [...new Set(answers.map(({ answer }) => answer))];
  return distinct.map((answer) => {
    const alike = answers.filter((one) => one.answer === answer).map(({ kernel }) => seriesOf(kernel));
    return [title, distinct.length === 1 ? 'all' : alike.join(', '), ...answer.split(cellBreak)];
  });
}

function outcomeIn({ conditions: met }: HostsReport, name: string): readonly string[] | null {
  const found = met.find(({ condition }) => condition === name);
  return found ? [outcomeOf(found)] : null;
}

function lossIn({ leftOut }: HostsReport, hook: string): readonly string[] | null {
  const found = leftOut.find(({ without }) => without === hook);
  return found ? [lostOf(found.segments), found.mergedBacklog ?? 'not tried'] : null;
}

function outcomeOf({ snapshot }: ConditionReport): string {
  if (snapshot.exitCode !== 0) return cellText(snapshot.stderr.replace(/^vifscope: /, ''));
  const mechanism = snapshot.hooks.find(({ hook }) => hook === 'tun_get_user')?.mechanism ?? null;
  const by = mechanism === null ? '' : `, inject by ${mechanism}`;
  const isAll = allSegments.every((segment) => snapshot.segments.includes(segment));
  return isAll ? `all segments${by}` : `all but ${lostOf(snapshot.segments)}${by}`;
}

const lostOf = (measured: readonly string[]): string =>
  allSegments.filter((segment) => !measured.includes(segment)).join(', ') || 'nothing';

const cellText = (text: string): string => text.trim().replaceAll('|', '\\|');

/** "6.1" of "6.1.0-50-cloud-amd64". */
const seriesOf = (kernel: string): string => /^\d+\.\d+/.exec(kernel)?.[0] ?? kernel;
