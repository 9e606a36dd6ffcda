// A whole comparison with ceilings on real paths, by the command line: all that a run is to leave is there.
// Catches: a step that a search, a level or a report depends on and that tests of its own don't see missing.
import { execFile } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readResult } from '../../src/bench/report/directory.js';
import { presets } from '../../src/bench/run/plan.js';
import { mainPath } from '../cli/vifscope.js';
import { realTest } from './realHost.js';

const limitMs = 150_000;

realTest('tun', 'a quick run over veth and tun: ceilings, levels, drops, logs and reports', async (t) => {
  const directory = mkdtempSync(join(tmpdir(), 'vifscope-whole-'));
  t.teardown(() => rmSync(directory, { recursive: true }));
  const out = join(directory, 'out');
  const args = 'bench run --quick --path veth --path tun --duration 1s --rate 10000 --out'.split(' ');
  const { stdout } = await promisify(execFile)(process.execPath, [mainPath, ...args, out], {
    timeout: limitMs,
    killSignal: 'SIGINT',
  });
  const { interruption, paths, generator } = readResult(out);
  t.is(interruption, null);
  t.true((generator?.ceilingPacketsPerSecond.min ?? 0) > 0);
  t.deepEqual(
    paths.map(({ path, state }) => `${path} ${state}`),
    ['veth measured', 'tun measured'],
  );
  for (const { path, ceiling, tail, cpu } of paths) {
    const found = ceiling?.noDrop.packetsPerSecond ?? ceiling?.partialDrop.packetsPerSecond ?? null;
    t.log(path, JSON.stringify({ noDrop: ceiling?.noDrop, partialDrop: ceiling?.partialDrop }));
    t.true((ceiling?.trials.length ?? 0) > 1, path);
    t.true(found !== null, path);
    t.deepEqual(
      tail?.overLoad.map(({ loadPercent }) => loadPercent),
      [...presets.quick.levels],
      path,
    );
    for (const level of tail?.overLoad ?? [])
      t.is(level.packetsPerSecond, Math.floor(((found ?? 0) * (level.loadPercent ?? 0)) / 100), path);
    t.true(cpu === null || cpu.off.total.values.length > 0, path);
    const log = readFileSync(join(out, `${path}.hlog`), 'utf8');
    for (const load of ['rate', '25%25', '50%25', '90%25'])
      t.true(log.includes(`Tag=${load}/${path}/end_to_end,`), `${path} ${load}`);
  }
  // A forwarder's ceiling is below the sender's: what it is given beyond that is dropped somewhere.
  const tun = paths[1]?.ceiling;
  t.true((tun?.drops ?? []).every(({ count }) => count > 0));
  const lostInSearch = tun?.trials.filter(({ lost }) => lost > 0) ?? [];
  t.true(lostInSearch.length > 0);
  t.true(lostInSearch.some(({ drops }) => drops.some(({ count }) => count > 0)));
  t.regex(
    readFileSync(join(out, 'report.html'), 'utf8'),
    /^<!DOCTYPE html>[\s\S]*The tail against the load[\s\S]*<\/html>/,
  );
  t.true(existsSync(join(out, 'report.md')));
  t.regex(stdout, /^veth .*\ntun /m);
});
