// Who watches in a turn: nobody, or vifscope as every command attaches it.
import type { Scope } from '../scope.js';
import { startMeasuring } from '../startMeasuring.js';
import type { LoadGround } from './load.js';
import type { Observer } from './turns.js';

export const off: Observer<'off'> = {
  name: 'off',
  attach: () => Promise.resolve({ end: () => Promise.resolve(null) }),
};

/** Measures both devices of the ground's pair. */
export const vifscopeOn = (ground: LoadGround, scope: Scope): Observer<'on'> => ({
  name: 'on',
  attach: async () => {
    const measurement = await startMeasuring([ground.path], scope, {}, () => ground.prime());
    return {
      end: async () => {
        try {
          await measurement.finish();
          const [sender] = ground.path.devices;
          const line = measurement
            .snapshot()
            .accounting.find(
              ({ netns, device, segment }) =>
                segment === 'driver' && netns === sender?.netns && device === sender.device,
            );
          return line?.started ?? 0;
        } finally {
          measurement.close();
        }
      },
    };
  },
});
