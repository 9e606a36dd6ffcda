// What stands below the table: the accounting, missing hooks, and what was turned away.
import { imbalance, isOrdinary, sumAccounts } from '../measure/accounting.js';
import type { AccountingLine, HookLine, JourneySummary, Snapshot, TurnedAway } from '../measure/snapshot.js';
import { rateText } from './followed.js';
import { countText } from './latencyText.js';
import type { Paint } from './paint.js';
import { printable } from './printable.js';

/** Lines of text; none where there is nothing to say. */
export function remarkLines(snapshot: Snapshot, paint: Paint): string[] {
  return [
    ...accountingRemarks(snapshot.accounting, paint),
    ...precisionRemarks(snapshot.bucketWidthPercent),
    ...journeyRemarks(snapshot.journeys, paint),
    ...missingRemarks(snapshot.hooks),
    ...turnedAwayRemarks(snapshot.turnedAway, paint),
  ];
}

function accountingRemarks(lines: readonly AccountingLine[], paint: Paint): string[] {
  const total = sumAccounts(lines);
  if (lines.length === 0 || (total.started === 0 && total.unmatched === 0)) return [];
  const exceptional = lines.filter((line) => !isOrdinary(line));
  const isBalanced = lines.every((line) => imbalance(line) === 0);
  const parts = [
    ...counted(total.matched, 'matched'),
    ...counted(total.dropped, 'dropped'),
    ...counted(total.expired, 'expired'),
    ...counted(total.evicted, 'evicted'),
    ...counted(total.inFlight, 'in flight'),
  ];
  const verdict = isBalanced ? 'all accounted for' : paint.alarm('not all accounted for');
  const summary = `Accounting: ${countText(total.started)} started, ${verdict} (${parts.join(', ')})`;
  return [summary, ...exceptional.map((line) => `  ${exceptionOf(line, paint)}`)];
}

function exceptionOf(line: AccountingLine, paint: Paint): string {
  const missing = imbalance(line);
  const causes = [
    ...counted(line.expired, 'expired'),
    ...counted(line.evicted, 'evicted'),
    ...counted(line.unmatched, 'ended without a start'),
    ...counted(missing, 'started without an outcome').map(paint.alarm),
    ...counted(-missing, 'outcomes more than starts').map(paint.alarm),
  ];
  return `${printable(line.device)} (${printable(line.netns)}) ${line.segment}: ${causes.join(', ')}`;
}

const finestPercent = 1;

/** Said only where it is not what is promised. */
const precisionRemarks = (bucketWidthPercent: number): string[] =>
  bucketWidthPercent <= finestPercent
    ? []
    : [
        `Percentiles of segments within ${bucketWidthPercent} %: each of this host's many CPUs keeps a copy of every histogram; fewer histograms (limits.shards) would be finer`,
      ];

/** How many of the packets the legs are drawn from, and for which of them there is none. */
function journeyRemarks(journeys: JourneySummary | null, paint: Paint): string[] {
  if (!journeys) return [];
  const { whole, partial, ambiguous, overlong, evicted, lostEvents, unreturned, unrecognisable } = journeys;
  const parts = [
    ...counted(whole, 'followed from hook to hook'),
    ...counted(partial, 'seen in part'),
    ...counted(ambiguous, 'ambiguous: their content was under way twice'),
    ...counted(overlong, 'of them over more hooks than are remembered'),
    ...counted(evicted, 'given up for want of room').map(paint.alarm),
    ...counted(lostEvents, 'events lost').map(paint.alarm),
    ...counted(unrecognisable, 'events of packets that have no content to recognise'),
  ];
  return [
    `Journeys: ${rateText(journeys)}: ${parts.join(', ') || 'none'}`,
    ...unreturned.map(
      ({ device, netns, packets }) =>
        `  ${printable(device)} (${printable(netns)}): ${countText(packets)} read by user space and not written again by who read them as they were: ` +
        'encrypted, changed, delivered or lost there; no leg is claimed for them',
    ),
  ];
}

const counted = (count: number, what: string): string[] => (count > 0 ? [`${countText(count)} ${what}`] : []);

/** One line a reason: hooks of a kind are commonly refused together. */
function missingRemarks(hooks: readonly HookLine[]): string[] {
  const hooksByReason = new Map<string, string[]>();
  for (const { hook, state, reason } of hooks) {
    if (state !== 'missing') continue;
    const text = (reason ?? 'reason unknown').trim().replace(/\s+/g, ' ');
    hooksByReason.set(text, [...(hooksByReason.get(text) ?? []), hook]);
  }
  return [...hooksByReason].map(
    ([reason, names]) => `Missing hooks: ${names.map(printable).join(', ')}: ${printable(reason)}`,
  );
}

function turnedAwayRemarks({ unlearnedHookRuns, devices }: TurnedAway, paint: Paint): string[] {
  const parts = [
    ...counted(unlearnedHookRuns, 'hook runs on devices not learnt yet'),
    ...counted(devices, 'devices without room').map(paint.alarm),
  ];
  return parts.length === 0 ? [] : [`Not measured: ${parts.join(', ')}`];
}
