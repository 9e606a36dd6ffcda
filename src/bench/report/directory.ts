// The directory of a run: result.json, whole at every moment, also when the run is killed; reports made of it.
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { reasonOf, VifscopeError } from '../../errors.js';
import { type BenchResult, benchResultSchema } from '../result/schema.js';
import { pathHlog } from './hlog.js';
import { htmlReport } from './html.js';
import { markdownReport } from './markdown.js';

export const resultName = 'result.json';

/** Makes the directory, or takes one that is empty or holds a result. @throws VifscopeError USAGE for any other */
export function prepareDirectory(directory: string): void {
  const refuse = (reason: string) =>
    new VifscopeError({
      code: 'USAGE',
      operation: 'write the result to',
      object: directory,
      reason,
      remedy: 'name a directory that is not there yet with --out',
    });
  try {
    mkdirSync(directory, { recursive: true });
  } catch (error) {
    throw refuse(reasonOf(error));
  }
  const names = readdirSync(directory);
  if (names.length > 0 && !names.includes(resultName)) throw refuse('it holds something else than a result');
}

export function writeResult(directory: string, result: BenchResult): void {
  const path = join(directory, resultName);
  writeFileSync(`${path}.new`, `${JSON.stringify(result, null, 1)}\n`);
  renameSync(`${path}.new`, path);
}

/** All that is made of a result: reports and histogram logs. */
export function writeReports(directory: string, result: BenchResult): void {
  writeFileSync(join(directory, 'report.html'), htmlReport(result));
  writeFileSync(join(directory, 'report.md'), markdownReport(result));
  for (const path of result.paths) {
    const log = pathHlog(result, path);
    if (log !== null) writeFileSync(join(directory, `${encodeURIComponent(path.path)}.hlog`), log);
  }
}

/** @param place a directory of a run, or its result.json @throws VifscopeError USAGE where it is none */
export function readResult(place: string): BenchResult {
  const refuse = (reason: string) =>
    new VifscopeError({
      code: 'USAGE',
      operation: 'read the result of a benchmark from',
      object: place,
      reason,
      remedy: 'name the directory that vifscope bench run has written',
    });
  if (!existsSync(place)) throw refuse('there is no such file or directory');
  const path = statSync(place).isDirectory() ? join(place, resultName) : place;
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, 'utf8'));
  } catch (error) {
    throw refuse(reasonOf(error));
  }
  const parsed = benchResultSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw refuse(`${issue?.path.join('.') || 'it'}: ${issue?.message ?? 'is no result'}`);
}
