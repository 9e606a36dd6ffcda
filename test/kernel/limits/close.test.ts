import { groundTest } from '../devices/ground.js';

// In a file of its own: what goes wrong here takes the whole process with it.
groundTest('a measurement that is closed twice has been closed', async (t, ground) => {
  const measurement = ground.measure();
  measurement.close();
  t.notThrows(() => measurement.close());
});
