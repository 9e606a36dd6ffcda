// With one hook left out: which segments are still measured over two tuns, how much of the backlog of a veth with GRO,
// and what doctor would say.
import { checkHooks } from '../../../src/cli/doctor.js';
import { type Hook, type HookStatus, hookNames } from '../../../src/kernel/hooks.js';
import type { HookLine, Snapshot } from '../../../src/measure/snapshot.js';
import { Measurement } from '../../../src/measurement.js';
import type { Lane } from '../cases/ground.js';
import type { Flow } from '../inside/flow.js';
import { mergedBacklogWithout } from './expectations.js';
import type { LeftOutReport, Share } from './report.js';

const mostTurns = 150;
const packets = 100;
/** Of one segment each. */
const mergedPackets = 500;

export interface Traffic {
  readonly flow: Flow;
  /** Names of the tuns that it passes. */
  readonly devices: readonly string[];
  /** TCP over a veth that merges packets; its devices are v0 and v1. */
  readonly merging: Lane;
}

export async function measureWithout(
  without: Hook,
  { flow, devices, merging }: Traffic,
): Promise<LeftOutReport> {
  const measurement = Measurement.start({ without: [without] });
  const untilLearnt = async (names: readonly string[], carry: () => Promise<unknown>) => {
    const isLearnt = (name: string) => measurement.devices.some((device) => device.name === name);
    for (let turn = 0; turn < mostTurns && !names.every(isLearnt); turn++) await carry();
    const unknown = names.filter((name) => !isLearnt(name));
    if (unknown.length > 0) throw new Error(`without ${without}, never learnt: ${unknown.join(', ')}`);
  };
  try {
    // That one alone tells of the first tun, which only sends, where no queue is measured.
    const told = without === 'net_dev_start_xmit' ? devices.slice(1) : devices;
    await untilLearnt(told, () => flow.carry(1));
    measurement.restart();
    await flow.carry(packets);
    await measurement.finish();
    const { segments, hooks } = measurement.snapshot();
    const measured = segments.filter(({ count }) => count > 0).map(({ segment }) => segment);
    const line = checkHooks(statusesOf(hooks)).find(({ name }) => name === 'segments');
    const report = { without, segments: [...new Set(measured)], doctorLine: line?.detail ?? '' };
    if (mergedBacklogWithout[without] === undefined) return { ...report, mergedBacklog: null };
    await untilLearnt(['v0', 'v1'], () => merging.carry(1));
    measurement.restart();
    await merging.carry(mergedPackets);
    await measurement.finish();
    return { ...report, mergedBacklog: shareOfBacklog(measurement.snapshot()) };
  } finally {
    measurement.close();
  }
}

function shareOfBacklog({ accounting }: Snapshot): Share {
  const { matched, started, unmatched } = accounting.find(
    ({ device, segment }) => device === 'v1' && segment === 'backlog',
  ) ?? { matched: 0, started: 0, unmatched: 0 };
  if (matched === 0) return 'none';
  return matched === started && unmatched === 0 ? 'whole' : 'part';
}

const statusesOf = (lines: readonly HookLine[]): HookStatus[] =>
  hookNames.map((hook) => {
    const line = lines.find((one) => one.hook === hook);
    return line?.mechanism
      ? { hook, state: 'attached', mechanism: line.mechanism }
      : { hook, state: 'missing', reason: line?.reason ?? 'not told', remedy: '' };
  });
