import { spawnSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import test from 'ava';
import { NetnsNames } from '../../src/host/netnsNames.js';
import { hostTree } from './tree.js';

const ip = (...words: readonly string[]) => spawnSync('ip', words, { encoding: 'utf8' });

test('our own namespace is "host", and one without a name its number', (t) => {
  const names = new NetnsNames();
  t.is(names.nameOf(statSync('/proc/self/ns/net').ino), 'host');
  t.is(names.nameOf(4_294_967_295), 'net:[4294967295]');
});

test('a namespace made under way gets its name, and loses it with it', (t) => {
  if (process.getuid?.() !== 0) {
    t.log('skipped: making a network namespace takes root');
    t.pass();
    return;
  }
  const name = `vifscope-test-${process.pid}`;
  const names = new NetnsNames();
  t.teardown(() => ip('netns', 'del', name));
  const { status, stderr } = ip('netns', 'add', name);
  t.is(status, 0, stderr);
  const { ino } = statSync(`/run/netns/${name}`);
  t.is(names.nameOf(ino), name);
  ip('netns', 'del', name);
  t.is(names.nameOf(ino), `net:[${ino}]`);
});

test('a number that passes to another namespace passes to its name', (t) => {
  const paths = hostTree(t, { 'proc/self/ns/net': '', 'run/netns/b': '', 'run/netns/a': '' });
  const names = new NetnsNames(paths);
  const { ino } = statSync(`${paths.namedNetns}/b`);
  t.is(names.nameOf(ino), 'b');
  renameSync(`${paths.namedNetns}/b`, `${paths.namedNetns}/c`);
  writeFileSync(`${paths.namedNetns}/b`, '');
  t.is(names.nameOf(ino), 'c');
});

test('no directory of names, and one that comes later', (t) => {
  const paths = hostTree(t, { 'proc/self/ns/net': '', first: '' });
  const names = new NetnsNames(paths);
  const file = paths.namedNetns.replace('run/netns', 'first');
  const { ino } = statSync(file);
  t.is(names.nameOf(ino), `net:[${ino}]`);
  mkdirSync(paths.namedNetns, { recursive: true });
  renameSync(file, `${paths.namedNetns}/first`);
  t.is(names.nameOf(ino), 'first');
  rmSync(paths.namedNetns, { recursive: true });
  t.is(names.nameOf(ino), `net:[${ino}]`);
});
