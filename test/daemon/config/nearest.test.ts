import test from 'ava';
import fc from 'fast-check';
import { nearestName } from '../../../daemon/config/nearest.js';
import { configKeys } from '../../../daemon/config/table.js';

const names = configKeys.map(({ path }) => path);

test('a slip of the pen is understood', (t) => {
  fc.assert(
    fc.property(fc.constantFrom(...names), fc.nat(), fc.constantFrom('', 'zz', 'z'), (name, at, put) => {
      const last = name.lastIndexOf('.') + 1;
      const place = last + (at % (name.length - last));
      const wrong = name.slice(0, place) + put + name.slice(place + (put === 'zz' ? 0 : 1));
      return name.length - last < 6 || nearestName(wrong, names) === name;
    }),
  );
  t.is(nearestName('log.bounds', names), 'metrics.bounds');
});

test('what is near to nothing has no nearest name', (t) => {
  t.is(nearestName('colour', names), null);
  t.is(nearestName('', names), null);
  t.is(nearestName('a', []), null);
});
