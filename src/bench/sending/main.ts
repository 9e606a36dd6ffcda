// npm run bench:sending: the generator beside a plain loop in C. Numbers are printed, none of them fails the run.
import { runProgram } from '../program.js';
import { sendingText } from './figures.js';
import { readSendingOptions, type SendingOptions, usage } from './options.js';
import { measureSending } from './rounds.js';

await runProgram({
  name: 'bench:sending',
  usage,
  readOptions: readSendingOptions,
  run: async (options: SendingOptions, scope) => {
    const figures = await measureSending(options, scope);
    return options.json
      ? `${JSON.stringify(figures, null, 2)}\n`
      : sendingText(figures, options.packetsPerSecond);
  },
});
