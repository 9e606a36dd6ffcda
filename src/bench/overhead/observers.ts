// Who watches in a turn: nobody, or vifscope as every command attaches it.
import type { Hook } from '../../kernel/hooks.js';
import type { AccountingLine } from '../../measure/snapshot.js';
import type { Scope } from '../scope.js';
import { startMeasuring } from '../startMeasuring.js';
import type { LoadGround } from './load.js';
import type { Observer } from './turns.js';

export const off: Observer<'off'> = {
  name: 'off',
  attach: () => Promise.resolve({ end: () => Promise.resolve(null) }),
};

/** Measures both devices of the ground's pair. @param without hooks to leave out, and what needs them */
export const vifscopeOn = (
  ground: LoadGround,
  scope: Scope,
  without: readonly Hook[] = [],
): Observer<'on'> => ({
  name: 'on',
  attach: async () => {
    const measurement = await startMeasuring([ground.path], scope, { without }, () => ground.prime());
    return {
      end: async () => {
        try {
          await measurement.finish();
          return startedOn(ground, measurement.snapshot().accounting);
        } finally {
          measurement.close();
        }
      },
    };
  },
});

/** Packets that the sender's device was given; null where that segment is not measured. */
function startedOn({ path }: LoadGround, accounting: readonly AccountingLine[]): number | null {
  const [sender] = path.devices;
  const line = accounting.find(
    ({ netns, device, segment }) =>
      segment === 'driver' && netns === sender?.netns && device === sender.device,
  );
  return line?.started ?? null;
}
