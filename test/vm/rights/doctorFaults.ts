// Whether doctor told a user the truth: what works is ok, what doesn't is not, and who gets what a line says is
// lacking can do it. Pure.
import type { Capability } from '../../../src/host/capabilities.js';
import type { Check } from '../../../src/host/check.js';
import { answerTo, contains, leastSets, type Question } from './least.js';
import type { Attempt, RightsReport, UserReport } from './report.js';

export function doctorFaults(user: UserReport, report: RightsReport): string[] {
  const maps = lineFaults(user.maps.doctor, user, [{ use: 'maps' }], report);
  return [...maps, ...user.attempts.flatMap((attempt) => attemptFaults(attempt, user, report))];
}

function attemptFaults(attempt: Attempt, user: UserReport, report: RightsReport): string[] {
  const { paranoid, doctor } = attempt;
  const tracepoints: Question = { use: 'tp_btf', paranoid };
  const functions: readonly Question[] = [
    { use: 'fentry', paranoid },
    { use: 'kprobe', paranoid },
  ];
  const line = (name: string, questions: readonly Question[]) => {
    const check = doctor.find((one) => one.name === name);
    return check ? lineFaults(check, user, questions, report) : [`no line ${name}`];
  };
  const faults = [
    ...line('tracepoints (tp_btf)', [tracepoints]),
    ...line('functions (fentry, kprobe)', functions),
    ...hookFaults(attempt, user, functions),
  ];
  return faults.map((fault) => `paranoia ${paranoid}: ${fault}`);
}

/** A line is ok where any of these works; where none does, it names what is lacking for the easiest. */
function lineFaults(
  { name, state, detail }: Check,
  user: UserReport,
  questions: readonly Question[],
  report: RightsReport,
): string[] {
  const works = questions.some((question) => answerTo(question, user) === null);
  if (works !== (state === 'ok'))
    return [`${name} is ${state}, and the kernel ${works ? 'allows' : 'refuses'} it`];
  if (works) return [];
  const named = (detail.match(/CAP_\w+/g) ?? []) as Capability[];
  const then = [...user.held, ...named];
  const enough = questions.some((question) =>
    leastSets(question, report).some((set) => contains(then, set) && contains(set, named)),
  );
  return enough
    ? []
    : [`${name} names ${named.join(' ') || 'nothing'}, which is not what is lacking: ${detail}`];
}

/** Where packets' hooks are tried at all, the line of tun's hook tells the best mechanism that works. */
function hookFaults({ doctor }: Attempt, user: UserReport, functions: readonly Question[]): string[] {
  const check = doctor.find(({ name }) => name === 'hook tun_get_user');
  const areTried = !doctor.some(({ state }) => state === 'missing');
  if (!check) return areTried ? ['no line about the hook tun_get_user'] : [];
  const best = functions.find((question) => answerTo(question, user) === null)?.use;
  if (best === undefined ? check.state === 'warning' : check.detail === best) return [];
  return [`hook tun_get_user is "${check.detail}", and what works is ${best ?? 'nothing'}`];
}
