// Program: writes the dashboards as the JSON that Grafana takes, or with --check says whether the committed ones
// are those. Usage: generate.js [--check] [DIRECTORY]. Exits 0, 1 when they differ or can't be written, 2.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ExitCode, reasonOf } from '../src/errors.js';
import { health } from './dashboards/health.js';
import { journeys } from './dashboards/journeys.js';
import { overview } from './dashboards/overview.js';
import { path } from './dashboards/path.js';

const COMMITTED = 'grafana/json';
const COMMAND = 'node dist/grafana/generate.js';

const dashboards = { overview, path, journeys, health };

function run(words: readonly string[]): ExitCode {
  const [directory = COMMITTED, ...excess] = words.filter((word) => word !== '--check');
  if (excess.length > 0 || directory.startsWith('-')) {
    process.stderr.write('usage: generate.js [--check] [DIRECTORY]\n');
    return ExitCode.usage;
  }
  const isCheck = words.includes('--check');
  const stale = Object.entries(dashboards).filter(([name, dashboard]) => {
    const file = join(directory, `${name}.json`);
    const text = `${JSON.stringify(dashboard, null, 2)}\n`;
    if (isCheck) return readFileSync(file, 'utf8') !== text;
    writeFileSync(file, text);
    return false;
  });
  if (stale.length === 0) return ExitCode.ok;
  const names = stale.map(([name]) => `${name}.json`).join(', ');
  process.stderr.write(`${names} in ${directory}: not what the sources say; run ${COMMAND}\n`);
  return ExitCode.failed;
}

try {
  process.exitCode = run(process.argv.slice(2));
} catch (error) {
  process.stderr.write(`cannot generate dashboards: ${reasonOf(error)}\n`);
  process.exitCode = ExitCode.failed;
}
