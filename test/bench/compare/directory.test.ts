// Catches: a result half written, a foreign directory written into, a broken result read as one.
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { prepareDirectory, readResult, writeResult } from '../../../src/bench/report/directory.js';
import { VifscopeError } from '../../../src/errors.js';
import { sampleResult } from '../sampleResult.js';

function temporaryFolder(t: ExecutionContext): string {
  const folder = mkdtempSync(join(tmpdir(), 'vifscope-result-'));
  t.teardown(() => rmSync(folder, { recursive: true }));
  return folder;
}

test('a result is read back as it was written, by its directory or its file', (t) => {
  const directory = join(temporaryFolder(t), 'run');
  prepareDirectory(directory);
  writeResult(directory, sampleResult());
  writeResult(directory, sampleResult({ durationSeconds: 481 }));
  t.deepEqual(readdirSync(directory), ['result.json']);
  t.is(readResult(directory).durationSeconds, 481);
  t.deepEqual(readResult(join(directory, 'result.json')), sampleResult({ durationSeconds: 481 }));
  // A second run may take its place.
  t.notThrows(() => prepareDirectory(directory));
});

test('a directory that holds something else, or can not be, is refused', (t) => {
  const folder = temporaryFolder(t);
  const foreign = join(folder, 'foreign');
  mkdirSync(foreign);
  writeFileSync(join(foreign, 'thesis.tex'), '');
  const file = join(folder, 'file');
  writeFileSync(file, '');
  for (const [place, reason] of [
    [foreign, /holds something else/],
    [file, /EEXIST|not a directory|file already exists/],
    [join(file, 'below'), /ENOTDIR|not a directory/],
  ] as const) {
    const error = t.throws(() => prepareDirectory(place), { instanceOf: VifscopeError });
    t.is(error?.code, 'USAGE');
    t.regex(error?.message ?? '', reason);
  }
});

test('what is no result is refused with what is wrong', (t) => {
  const folder = temporaryFolder(t);
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const whole = JSON.stringify(sampleResult());
  for (const [place, reason] of [
    [join(folder, 'none'), /no such file or directory/],
    [write('cut.json', whole.slice(0, whole.length / 2)), /JSON/],
    [write('other.json', '{"version":2}'), /version/],
    [write('list.json', '[]'), /it: /],
    [write('rate.json', whole.replace('"sent":500000', '"sent":-1')), /paths\.0\..*sent/],
  ] as const) {
    const error = t.throws(() => readResult(place), { instanceOf: VifscopeError });
    t.is(error?.code, 'USAGE', place);
    t.regex(error?.message ?? '', reason);
  }
});
