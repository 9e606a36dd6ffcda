// vifscope daemon: runs the service, or checks its configuration.
import { existsSync } from 'node:fs';
import type { Argv, CommandModule } from 'yargs';
import { defaultConfig, readConfig } from '../../daemon/config/config.js';
import { readWebConfig } from '../../daemon/http/web/webConfig.js';
import { startService } from '../../daemon/start.js';
import { ExitCode } from '../errors.js';
import { snapBounds } from '../measure/bounds.js';
import { print } from '../terminal/output.js';

interface Raw {
  readonly config: string | undefined;
  readonly checkConfig: boolean;
  exitCode?: ExitCode;
}

const usualPath = '/etc/vifscope/vifscope.yaml';

const builder = (argv: Argv) =>
  argv
    .option('config', {
      type: 'string',
      requiresArg: true,
      describe: `configuration file; ${usualPath} if there is one, else all defaults`,
    })
    .option('check-config', {
      type: 'boolean',
      default: false,
      describe: 'only say whether the configuration is right',
    });

export const daemon: CommandModule<object, Raw> = {
  command: 'daemon',
  describe: 'measure on and on, and serve metrics and snapshots',
  builder: builder as unknown as (argv: Argv) => Argv<Raw>,
  handler: async (raw) => {
    const path = raw.config ?? (existsSync(usualPath) ? usualPath : null);
    const config = path === null ? defaultConfig : readConfig(path);
    if (!raw.checkConfig) startService(config, path);
    if (config.web.configFile !== null) readWebConfig(config.web.configFile);
    snapBounds(config.metrics.boundsSeconds);
    await print(`${path ?? 'defaults'}: fine\n`);
    raw.exitCode = ExitCode.ok;
  },
};
