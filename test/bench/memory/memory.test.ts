// The memory formula held against what the kernel accounts for, on hosts of more CPUs than this one.
import { memoryText } from '../../../src/bench/memory/figures.js';
import { measureHost } from '../../../src/bench/memory/measure.js';
import { mapNames } from '../../../src/kernel/sizes.js';
import { pageBytes } from '../../../src/libbpf/memory.js';
import { realTest } from '../realHost.js';

/** The map's own administration, and its rounding to whole pages. */
const besidesBytes = 2 * pageBytes;

for (const cpus of [2, 64, 128, 256])
  realTest('veth', `every map of a host of ${cpus} CPUs takes what the formula says`, (t) => {
    const host = measureHost(cpus);
    for (const map of mapNames) {
      const [formula, kernel] = [host.formulaBytes[map], host.kernelBytes[map]];
      t.true(kernel >= formula && kernel <= formula + besidesBytes, `${map}: ${formula}, ${kernel} bytes`);
    }
    t.regex(memoryText([host]), new RegExp(`^\\| ${cpus} \\| `, 'm'));
    return Promise.resolve();
  });
