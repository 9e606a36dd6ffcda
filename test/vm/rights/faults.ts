// Holds what the kernel allowed against what src/host/capabilities.ts says and against what doctor told the user.
// Pure: a report in, the faults in words out.
import { missingCapabilities, neededCapabilities } from '../../../src/host/capabilities.js';
import { ordinaryUid } from '../inside/ordinaryUser.js';
import type { TestKernel } from '../kernels.js';
import { doctorFaults } from './doctorFaults.js';
import { answerTo, circumstancesOf, isSame, leastSets, type Question, setsText } from './least.js';
import { paranoidLevels, type RightsReport, type UserReport, users } from './report.js';

const hookQuestions: readonly Question[] = (['tp_btf', 'fentry', 'kprobe'] as const).flatMap((use) =>
  paranoidLevels.map((paranoid) => ({ use, paranoid })),
);

export function faultsOf(report: RightsReport, kernel: TestKernel): string[] {
  const has = (question: Question) => question.use !== 'fentry' || kernel.functionMechanism === 'fentry';
  const questions: readonly Question[] = [{ use: 'maps' }, ...hookQuestions.filter(has)];
  return [
    ...(report.unprivilegedBpfDisabled === 2 ? [] : ['unprivileged_bpf_disabled was not 2']),
    ...rootFaults(report, kernel),
    ...triedFaults(report),
    ...questions.flatMap((question) => [
      ...report.users.flatMap((user) => predictionFaults(question, user, kernel)),
      ...leastFaults(question, report, kernel),
    ]),
    ...report.users.flatMap((user) =>
      doctorFaults(user, report).map((fault) => `doctor for ${titleOf(user)}: ${fault}`),
    ),
  ];
}

/** Without root's success there is nothing to learn of rights. */
function rootFaults({ root }: RightsReport, { functionMechanism }: TestKernel): string[] {
  return root.flatMap(({ use, refusal }) => {
    const isToBeRefused = use === 'fentry' && functionMechanism !== 'fentry';
    if ((refusal !== null) === isToBeRefused) return [];
    return [`root, ${use}: ${refusal ?? `works: this kernel has more than ${functionMechanism}`}`];
  });
}

function triedFaults(report: RightsReport): string[] {
  return users.flatMap((user) => {
    const title = titleOf(user);
    const tried = report.users.find((one) => titleOf(one) === title);
    if (!tried) return [`${title}: was not tried`];
    const isWhoItShould = tried.uid === ordinaryUid && isSame(tried.held, user.granted);
    const told = `user ${tried.uid} with ${tried.held.join(' ') || 'no capability'}`;
    const levels = tried.attempts.map(({ paranoid }) => paranoid);
    return [
      ...(isWhoItShould ? [] : [`${title}: was tried as ${told}`]),
      ...(levels.join() === user.levels.join() ? [] : [`${title}: was tried at paranoia ${levels.join()}`]),
    ];
  });
}

/** capabilities.ts says what works with this set, and that and nothing else does. */
function predictionFaults(question: Question, user: UserReport, { series }: TestKernel): string[] {
  const answer = answerTo(question, user);
  if (answer === undefined) return [];
  const circumstances = circumstancesOf(question, user, series);
  const missing = missingCapabilities(question.use, { ...circumstances, capabilities: new Set(user.held) });
  if ((answer === null) === (missing.length === 0)) return [];
  const claim = missing.length === 0 ? 'should do' : `should lack ${missing.join(' ')}`;
  return [
    `${questionText(question)} with ${titleOf(user)} ${claim}, and the kernel says: ${answer ?? 'fine'}`,
  ];
}

/** The least that capabilities.ts asks for is the least that works. */
function leastFaults(question: Question, report: RightsReport, { series }: TestKernel): string[] {
  const [first] = report.users;
  if (!first) return [];
  const needed = neededCapabilities(question.use, circumstancesOf(question, first, series));
  const least = leastSets(question, report);
  if (least.some((set) => isSame(set, needed))) return [];
  return [
    `${questionText(question)} is said to need ${setsText([needed])}, and works with ${setsText(least)}`,
  ];
}

const titleOf = ({ granted, memlock }: { granted: readonly string[]; memlock: string }): string =>
  `${granted.join(' ') || 'no capability'} (${memlock})`;

const questionText = (question: Question): string =>
  question.use === 'maps' ? 'maps' : `${question.use} at paranoia ${question.paranoid}`;
