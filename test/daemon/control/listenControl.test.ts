import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import test, { type ExecutionContext } from 'ava';
import { listenControl } from '../../../daemon/control/listenControl.js';
import type { Routes } from '../../../daemon/http/answer.js';
import { VifscopeError } from '../../../src/errors.js';
import { temporaryDirectory } from '../http/support/certificates.js';
import { ask, closed, hold } from '../http/support/client.js';
import { plainRoutes } from '../http/support/endpoint.js';

const log = () => {};
const listen = async (t: ExecutionContext, path: string, routes: Routes = plainRoutes) => {
  const endpoint = await listenControl({ path, routes, log });
  t.teardown(() => endpoint.close());
  return endpoint;
};

/** A socket file that nobody listens on any more, as a killed daemon leaves it. */
function staleSocket(path: string): void {
  const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`;
  try {
    execFileSync(process.execPath, ['-e', script], { stdio: 'ignore', timeout: 10_000 });
  } catch {
    // It was killed, which is what it was for.
  }
}

test('routes answer on the socket, whatever the Host; its file has its mode and goes with it', async (t) => {
  const directory = temporaryDirectory(t);
  const path = join(directory, 'control.sock');
  const endpoint = await listenControl({ path, routes: plainRoutes, log });
  t.deepEqual(endpoint.addresses, [path]);
  t.is(statSync(path).mode & 0o777, 0o660);
  const { status, body } = await ask(0, '/metrics', { socketPath: path, headers: { Host: 'anything' } });
  t.deepEqual([status, body], [200, 'up 1\n']);
  t.is((await ask(0, '/metrics', { socketPath: path, method: 'DELETE' })).status, 405);
  t.deepEqual(readdirSync(directory), ['control.sock'], 'nothing else is left beside it');
  await endpoint.close();
  t.deepEqual(readdirSync(directory), []);
});

test('a stale socket is replaced', async (t) => {
  const path = join(temporaryDirectory(t), 's');
  staleSocket(path);
  t.true(statSync(path).isSocket());
  await listen(t, path);
  t.is((await ask(0, '/metrics', { socketPath: path })).status, 200);
});

test('a socket that another listens on is left to it', async (t) => {
  const path = join(temporaryDirectory(t), 's');
  await listen(t, path);
  const error = await t.throwsAsync(listenControl({ path, routes: plainRoutes, log }), {
    instanceOf: VifscopeError,
    code: 'FAILED',
    message: /\/s: another daemon listens there; stop the other/,
  });
  t.notRegex(error.message, /\n/);
  t.is((await ask(0, '/metrics', { socketPath: path })).status, 200);
});

test('what is no socket is never removed', async (t) => {
  const directory = temporaryDirectory(t);
  const file = join(directory, 'file');
  writeFileSync(file, 'precious');
  mkdirSync(join(directory, 'directory'));
  symlinkSync(file, join(directory, 'link'));
  for (const name of ['file', 'directory', 'link'])
    await t.throwsAsync(listenControl({ path: join(directory, name), routes: plainRoutes, log }), {
      code: 'FAILED',
      message: /something that is no socket is in its place/,
    });
  t.deepEqual(readdirSync(directory).toSorted(), ['directory', 'file', 'link']);
});

test('a directory that is missing or no directory, and a path that is too long', async (t) => {
  const directory = temporaryDirectory(t);
  const start = (path: string) => listenControl({ path, routes: plainRoutes, log });
  await t.throwsAsync(start(join(directory, 'none', 's')), {
    code: 'FAILED',
    message: /its directory is missing .*; make .*\/none for the service's user/,
  });
  const long = join(directory, 'x'.repeat(107 - directory.length));
  await t.throwsAsync(start(long), { code: 'USAGE', message: /has at most 107 bytes, and this needs 108/ });
  const deep = join(directory, 'd'.repeat(104 - directory.length));
  mkdirSync(deep);
  await t.throwsAsync(start(join(deep, 'x')), { code: 'USAGE', message: /at most 107/ });
  t.deepEqual(readdirSync(deep), []);
  const fits = join(directory, 'x'.repeat(106 - directory.length));
  await listen(t, fits);
  t.is((await ask(0, '/metrics', { socketPath: fits })).status, 200);
});

const unwritable = 'a directory that the service may not write to';
if (process.geteuid?.() === 0) test.skip(`${unwritable} (skipped: root writes anywhere)`, () => {});
else
  test(unwritable, async (t) => {
    const directory = temporaryDirectory(t);
    chmodSync(directory, 0o500);
    await t.throwsAsync(listenControl({ path: join(directory, 's'), routes: plainRoutes, log }), {
      code: 'FAILED',
      message: /can't be written to .*EACCES/,
    });
  });

test('at its end a socket of another in the same place is left alone', async (t) => {
  const path = join(temporaryDirectory(t), 's');
  const endpoint = await listenControl({ path, routes: plainRoutes, log });
  execFileSync('rm', [path]);
  const other = createServer().listen(path);
  t.teardown(() => new Promise<void>((resolve) => other.close(() => resolve())));
  await new Promise((resolve) => other.once('listening', resolve));
  await endpoint.close();
  t.true(existsSync(path));
});

test('slow clients are let go for others here too', async (t) => {
  const path = join(temporaryDirectory(t), 's');
  const limits = { maxConnections: 4, requestMs: 1_000 };
  const endpoint = await listenControl({ path, routes: plainRoutes, log, limits });
  t.teardown(() => endpoint.close());
  const slow = await Promise.all(Array.from({ length: 10 }, () => hold(t, path, 'GET /')));
  t.is((await ask(0, '/metrics', { socketPath: path })).status, 200);
  await Promise.all(slow.map(closed));
  const { turnedAway, cutOff } = endpoint.counts;
  t.is(turnedAway + cutOff, 10);
});
