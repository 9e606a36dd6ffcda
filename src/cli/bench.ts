// vifscope bench: its commands.
import type { CommandModule } from 'yargs';
import { benchCompare } from './benchCompare.js';
import { benchDiagnose } from './benchDiagnose.js';
import { benchRun } from './benchRun.js';

export const bench: CommandModule = {
  command: 'bench',
  describe: 'compare veth, bridge, tap guest and tun forwarder under the same load',
  builder: (argv) =>
    argv
      .command(benchRun)
      .command(benchCompare)
      .command(benchDiagnose)
      .demandCommand(1, 1, 'no command of bench given'),
  handler: () => {},
};
