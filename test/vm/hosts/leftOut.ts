// With one hook left out: which segments are still measured, and what doctor would say of them.
import { checkHooks } from '../../../src/cli/doctor.js';
import { type Hook, type HookStatus, hookNames } from '../../../src/kernel/hooks.js';
import type { HookLine } from '../../../src/measure/snapshot.js';
import { Measurement } from '../../../src/measurement.js';
import type { Flow } from '../inside/flow.js';
import type { LeftOutReport } from './report.js';

const packets = 100;

/** Ends, because packets pass both devices; where no hook tells of them, the VM's own limit ends it. */
export async function measureWithout(
  without: Hook,
  flow: Flow,
  devices: readonly string[],
): Promise<LeftOutReport> {
  const measurement = Measurement.start({ without: [without] });
  try {
    const isLearnt = (name: string) => measurement.devices.some((device) => device.name === name);
    while (!devices.every(isLearnt)) await flow.carry(1);
    measurement.restart();
    await flow.carry(packets);
    await measurement.finish();
    const { segments, hooks } = measurement.snapshot();
    const measured = segments.filter(({ count }) => count > 0).map(({ segment }) => segment);
    const line = checkHooks(statusesOf(hooks)).find(({ name }) => name === 'segments');
    return { without, segments: [...new Set(measured)], doctorLine: line?.detail ?? '' };
  } finally {
    measurement.close();
  }
}

const statusesOf = (lines: readonly HookLine[]): HookStatus[] =>
  hookNames.map((hook) => {
    const line = lines.find((one) => one.hook === hook);
    return line?.mechanism
      ? { hook, state: 'attached', mechanism: line.mechanism }
      : { hook, state: 'missing', reason: line?.reason ?? 'not told', remedy: '' };
  });
